"""`python -m inventory …` with settings from the environment, as it is run in production."""

import asyncio

from inventory.commands import add_commands
from inventory.main import SERVICE
from servicekit.cli.main import commands
from typer.testing import CliRunner, Result


async def command(environ: dict[str, str], *arguments: str) -> Result:
    """Run a command to its end, in a thread of this process: it opens an event loop of its own."""
    app = commands(SERVICE)
    add_commands(app)
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=environ))
