"""`python -m upsell`: the service's command line."""

from servicekit.cli.main import main

from upsell.main import SERVICE

main(SERVICE)
