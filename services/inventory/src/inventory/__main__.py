"""`python -m inventory`: api, worker, migrate and the rest, see `--help`."""

from servicekit.cli.main import commands

from inventory.commands import add_commands
from inventory.main import SERVICE

if __name__ == "__main__":
    command_line = commands(SERVICE)
    add_commands(command_line)
    command_line()
