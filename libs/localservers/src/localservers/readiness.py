"""Waiting until something answers: by asking it, never by sleeping for luck."""

import asyncio
from collections.abc import Awaitable, Callable

from localservers.errors import StepFailed
from localservers.home import Home
from localservers.processes import is_alive
from localservers.state import Running

READY_SECONDS = 240.0
"""Generous, for a machine that is busy many times over: what has ended is noticed at once all the same."""
PAUSE_SECONDS = 0.05

Check = Callable[[], Awaitable[None]]
"""Returns when the thing is ready and raises OSError (or a subclass) when it is not yet."""


async def until_ready(home: Home, process: Running, check: Check, *, seconds: float = READY_SECONDS) -> None:
    """Ask again and again until `check` passes.

    Raises StepFailed with the process's log at once when the process has ended, and after `seconds` otherwise.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            await asyncio.wait_for(check(), timeout=seconds)
        except OSError as not_yet:
            if not is_alive(process):
                raise StepFailed(process.name, "ended before it was ready", home.log(process.name)) from not_yet
            if asyncio.get_running_loop().time() > deadline:
                reason = f"not ready after {seconds:.0f} s ({not_yet})"
                raise StepFailed(process.name, reason, home.log(process.name)) from not_yet
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return
