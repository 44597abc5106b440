"""`python -m pricing`: api, worker, migrate and the other commands of a service."""

from servicekit.cli.main import main

from pricing.main import SERVICE

main(SERVICE)
