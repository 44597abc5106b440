"""The pool's connections, given out in the order in which they were asked for."""

import asyncio
from typing import TYPE_CHECKING, Final

import asyncpg

from servicekit.db import metrics

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

UNUSED_SECONDS: Final = 60.0
"""How long a connection is kept that nobody needs; the pool, which gets it then, closes it some minutes later."""
_HANDED_ON: Final = 256
"""Of so many that are given back one goes through the pool, which closes those that have run very many statements."""


class ConnectionQueue:
    """A queue before asyncpg's pool, with connections at hand that were given back whole.

    The pool lets a newcomer overtake who waits: a connection that is given back while others wait goes to whoever asks
    first in the same turn of the event loop, and the waiter that it was meant for starts again from the end, so that
    under load some wait until their time is over. And it makes a task to take one back.
    """

    __slots__ = (
        "_given_back",
        "_in_use",
        "_is_closed",
        "_kept",
        "_pool",
        "_returning",
        "_sweep",
        "_timeout",
        "_turns",
        "_unused",
    )

    def __init__(self, pool: "Pool[asyncpg.Record]", timeout: float) -> None:
        self._pool, self._timeout = pool, timeout
        self._turns = asyncio.Semaphore(pool.get_max_size())
        self._in_use = 0
        self._kept: list[Connection] = []
        """Those that nobody has; the last that came is the first to go."""
        self._unused = 0
        """How many of them nobody has needed since the last look."""
        self._given_back = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def size(self) -> int:
        """The most connections there can be."""
        return self._pool.get_max_size()

    @property
    def in_use(self) -> int:
        """How many somebody has."""
        return self._in_use

    @property
    def has_idle(self) -> bool:
        """Whether one that is open is free for whoever comes now."""
        return not self._turns.locked() and (bool(self._kept) or self._pool.get_idle_size() > 0)

    async def acquire(self) -> "Connection":
        """Wait for one's turn and a connection; raises TimeoutError when that takes longer than the queue's timeout."""
        if not self._turns.locked() and (connection := self._at_hand()) is not None:
            await self._turns.acquire()  # at once, because nobody is before us
        else:
            connection = await self._waited_for()
        self._in_use += 1
        return connection

    async def _waited_for(self) -> "Connection":
        try:
            async with asyncio.timeout(self._timeout):  # the pool's own deadline makes a task for each unit
                await self._turns.acquire()
                try:
                    return self._at_hand() or await self._pool.acquire()
                except BaseException:
                    self._turns.release()
                    raise
        except TimeoutError:
            metrics.TIMEOUTS.inc()
            raise

    def _at_hand(self) -> "Connection | None":
        """The connection that came last; those that were closed meanwhile go to the pool, which makes others."""
        while self._kept:
            connection = self._kept.pop()
            self._unused = min(self._unused, len(self._kept))
            if not _is_closed(connection):
                return connection
            self._return(connection)
        return None

    async def release(self, connection: "Connection", *, whole: bool = False) -> None:
        """Give a connection back: what is still open is rolled back, what is broken is dropped.

        `whole` says that a transaction has just ended well, so that there is nothing to look after.
        """
        self._in_use -= 1
        self._given_back += 1
        try:
            if whole and not self._is_closed and self._given_back % _HANDED_ON:
                self._keep(connection)
            else:
                await self._pool.release(connection)
        finally:
            self._turns.release()

    def _keep(self, connection: "Connection") -> None:
        self._kept.append(connection)
        if self._sweep is None:
            self._look_later(unused=0)

    def return_unused(self) -> None:
        """Let the pool have the connections that nobody has needed since this was done last: once a minute."""
        unused, self._kept = self._kept[: self._unused], self._kept[self._unused :]
        for connection in unused:
            self._return(connection)
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        if self._kept:
            self._look_later(unused=len(self._kept))

    def _look_later(self, *, unused: int) -> None:
        self._unused = unused
        self._sweep = asyncio.get_running_loop().call_later(UNUSED_SECONDS, self.return_unused)

    def _return(self, connection: "Connection") -> None:
        returning = asyncio.ensure_future(self._pool.release(connection))
        self._returning.add(returning)
        returning.add_done_callback(self._returning.discard)

    async def close(self) -> None:
        """Let the pool have what is at hand, and from now on what is given back."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        kept, self._kept = self._kept, []
        await asyncio.gather(*self._returning, *map(self._pool.release, kept))


def _is_closed(connection: "Connection") -> bool:
    """Whether the server, or its host, has ended it while nobody had it."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it away already
        return True
