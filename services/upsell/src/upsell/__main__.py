"""`python -m upsell`: api, worker, migrate and the other commands of a service."""

from servicekit.cli.main import main

from upsell.main import SERVICE

main(SERVICE)
