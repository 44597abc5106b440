"""How many calls of one process to one service there may be at once, and how long one more waits."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from servicekit.upstream.errors import Saturated

MAX_IN_FLIGHT: Final = 32
"""Calls of one process to one service at once."""
MAX_WAITING: Final = 128
"""How many more may wait for a place; they hold nothing but memory meanwhile."""
WAIT_IN_TIMEOUTS: Final = 0.25
"""How long one waits, in timeouts: enough for a burst on a healthy service, too short to queue before a slow one."""


class Bulkhead:
    """Places for calls, given out in the order of asking. Safe for concurrent use within one event loop."""

    def __init__(self, timeout: float) -> None:
        self._patience = timeout * WAIT_IN_TIMEOUTS
        self._places = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """Have a place while the block runs; raises Saturated where none comes free in time, or too many wait."""
        await self._take()
        try:
            yield
        finally:
            self._places.release()

    async def _take(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        if self._waiting >= MAX_WAITING:
            raise Saturated
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise Saturated from None
        finally:
            self._waiting -= 1
