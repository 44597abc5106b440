"""`python -m pricing`: the service's command line."""

from servicekit.cli.main import main

from pricing.main import SERVICE

main(SERVICE)
