"""`python -m recovery`: the service's commands."""

from servicekit.cli.main import main

from recovery.main import SERVICE

main(SERVICE)
