"""`python -m recovery`: the service's commands."""

from servicekit.cli import main

from recovery.main import SERVICE

main(SERVICE)
