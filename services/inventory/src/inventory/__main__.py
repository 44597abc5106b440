"""`python -m inventory`: the service's command line."""

from servicekit.cli.main import main

from inventory.commands import add_commands
from inventory.main import SERVICE

main(SERVICE, add_commands)
