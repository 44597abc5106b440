"""`python -m cart`: the service's command line."""

from servicekit.cli.main import main

from cart.main import SERVICE

main(SERVICE)
