"""`python -m analytics`: the chassis' commands, and those of the read models."""

from servicekit.cli.main import commands

from analytics.commands import add_to
from analytics.main import SERVICE

if __name__ == "__main__":
    app = commands(SERVICE)
    add_to(app)
    app()
