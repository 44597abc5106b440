"""`python -m recovery`: the service's command line."""

from servicekit.cli.main import main

from recovery.main import SERVICE

main(SERVICE)
