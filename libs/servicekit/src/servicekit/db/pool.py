"""The pool's connections, given out in the order in which they were asked for."""

import asyncio
from typing import TYPE_CHECKING

import asyncpg

from servicekit.db import metrics

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]


class ConnectionQueue:
    """A queue before asyncpg's pool, which lets a newcomer overtake who waits.

    There, a connection that is given back while others wait goes to whoever asks first in the same turn of the event
    loop, and the waiter that it was meant for starts again from the end: under load some wait until their time is over.
    """

    __slots__ = ("_pool", "_timeout", "_turns")

    def __init__(self, pool: "Pool[asyncpg.Record]", timeout: float) -> None:
        self._pool, self._timeout = pool, timeout
        self._turns = asyncio.Semaphore(pool.get_max_size())

    async def acquire(self) -> "Connection":
        """Wait for one's turn and a connection; raises TimeoutError when that takes longer than the queue's timeout."""
        try:
            async with asyncio.timeout(self._timeout):  # the pool's own deadline makes a task for each unit
                await self._turns.acquire()
                try:
                    return await self._pool.acquire()
                except BaseException:
                    self._turns.release()
                    raise
        except TimeoutError:
            metrics.TIMEOUTS.inc()
            raise

    async def release(self, connection: "Connection") -> None:
        """Give a connection back: what is still open is rolled back, what is broken is dropped."""
        try:
            await self._pool.release(connection)
        finally:
            self._turns.release()
