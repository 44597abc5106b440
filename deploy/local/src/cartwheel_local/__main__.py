"""Makes `python -m cartwheel_local` the same as the command `cartwheel-local`."""

from cartwheel_local.cli import main

main()
