"""An operator at a terminal: the command line of a service, with the settings that its worker runs with."""

import asyncio
import sys

from .stack import Stack

WIDE = {"COLUMNS": "400"}
"""So that no table cuts off what it shows."""


async def command(stack: Stack, service: str, *arguments: str) -> str:
    """Run `python -m <service> …` and return what it printed; its failure is the test's."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        service,
        *arguments,
        env=stack.environment(f"{service}-worker") | WIDE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()
