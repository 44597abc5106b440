"""The command line as a person uses it, against the tests' own stack."""

import asyncio
import os
import sys
from dataclasses import dataclass

from .stack import Stack


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended: its exit status, and everything it printed."""

    status: int
    printed: str


async def cartwheel_local(stack: Stack, *arguments: str) -> Finished:
    """Run `cartwheel-local` to its end, on the stack's home; its lines are never wrapped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "cartwheel_local", *arguments),
        env={**os.environ, "CARTWHEEL_HOME": str(stack.home.path), "COLUMNS": "400"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return Finished(process.returncode or 0, printed.decode())
