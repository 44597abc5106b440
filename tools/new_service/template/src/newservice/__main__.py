"""`python -m newservice`: the service's command line."""

from servicekit.cli.main import main

from newservice.main import SERVICE

main(SERVICE)
