"""`python -m analytics`: the service's command line."""

from servicekit.cli.main import main

from analytics.commands import add_commands
from analytics.main import SERVICE

main(SERVICE, add_commands)
