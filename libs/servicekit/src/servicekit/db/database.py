"""A service's own database: its pool of connections, and the units that it begins."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol, Self
from uuid import UUID

import asyncpg
import orjson

from servicekit.clock import Clock, SystemClock
from servicekit.db import connections, metrics
from servicekit.db.pool import ConnectionQueue
from servicekit.db.units import COMMAND_TIMEOUT_SECONDS, SystemUnit, SystemUnitContext, TenantUnitContext
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

CLOSE_SECONDS = 5.0
_MAX_QUERIES_PER_CONNECTION = 1_000_000


class DatabaseSettings(Protocol):
    """What a database needs to know; ServiceSettings has it."""

    @property
    def database_url(self) -> str:
        """A libpq address of the service's own database."""

    @property
    def database_direct_url(self) -> str | None:
        """The address past a transaction pooler, for session locks and VACUUM; the one above when None."""

    @property
    def db_pool_size(self) -> int:
        """The most connections this process opens."""

    @property
    def db_statement_cache_size(self) -> int:
        """How many prepared statements a connection keeps; 0 for a transaction pooler that knows none."""

    @property
    def db_pool_timeout_seconds(self) -> float:
        """How long a unit waits for a free connection."""


class Database:
    """A service's own database. Safe for concurrent use; connections are opened when first needed."""

    def __init__(
        self,
        pool: "Pool[asyncpg.Record]",
        service: str,
        clock: Clock,
        pool_timeout: float,
        direct_url: str,
        direct_pool: "Pool[asyncpg.Record] | None",
    ) -> None:
        self.service = service
        self.clock = clock
        self.direct_url = direct_url
        self.tenant_units = 0
        """How many tenant units this process has begun: whether somebody else works is seen by what is added."""
        self._pool = pool
        self._connections = ConnectionQueue(pool, pool_timeout)
        self._direct_pool = direct_pool
        self._locking = ConnectionQueue(direct_pool, pool_timeout) if direct_pool else self._connections
        for queue in {self._connections, self._locking}:
            metrics.watch(queue)
        self._may_be_exclusive = asyncio.Semaphore(max(1, pool.get_max_size() // 2))

    @classmethod
    async def open(cls, settings: DatabaseSettings, *, service: str, clock: Clock | None = None) -> Self:
        """Make the pool; no connection is tried yet, so a service starts while its database is away."""
        pool = await _open_pool(settings, settings.database_url, service, settings.db_pool_size)
        direct_url, direct_pool = settings.database_url, None
        if settings.database_direct_url:
            direct_url = settings.database_direct_url
            direct_pool = await _open_pool(settings, direct_url, service, max(1, settings.db_pool_size // 2))
        return cls(pool, service, clock or SystemClock(), settings.db_pool_timeout_seconds, direct_url, direct_pool)

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Begin a transaction that sees and writes one company's rows only."""
        self.tenant_units += 1
        return TenantUnitContext(self._connections, company_id, self.clock)

    def system_unit(self) -> SystemUnitContext:
        """Begin a transaction that sees every company's rows: timers, subscriptions, the relay, commands of the CLI."""
        return SystemUnitContext(self._connections, self.clock)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncGenerator[bool]:
        """Give whether this caller is now the only one, over all processes of the service, to hold `name`; never waits.

        Held until the block ends, however it ends, by a transaction-level advisory lock, so it is lost with its
        connection: what runs under it must bear a second runner (SKIP LOCKED, compare-and-set). At most half of the
        pool holds names, so that what runs under them finds connections; the others wait here. Behind a pooler they are
        held past it: names would take its few server connections from what runs under them. A process that stands still
        loses the name after IDLE_IN_TRANSACTION_SECONDS.
        """
        async with self._may_be_exclusive, SystemUnitContext(self._locking, self.clock) as unit:
            lock = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
            mine = await unit.fetchval(lock, f"{self.service}:{name}")
            async with _kept_from_idling(unit):
                yield mine

    @property
    def has_idle_connection(self) -> bool:
        """Whether a unit begun now waits for no connection."""
        return self._connections.has_idle

    @property
    def is_busy(self) -> bool:
        """Whether every connection of the pool is in use, so that the next unit has to wait."""
        return self._connections.in_use >= self._connections.size

    async def ping(self) -> None:
        """Raise unless the database answers; a busy pool is passed by, with a connection of its own."""
        if self.is_busy:
            own = await connections.connect(self.direct_url, timeout=connections.CONNECT_TIMEOUT_SECONDS)
            try:
                await own.execute("SELECT 1", timeout=connections.CONNECT_TIMEOUT_SECONDS)
            finally:
                own.terminate()
            return
        connection = await self._connections.acquire()
        try:
            await connection.execute("SELECT 1", timeout=connections.CONNECT_TIMEOUT_SECONDS)
        finally:
            await self._connections.release(connection)

    async def close(self) -> None:
        """Close every connection, waiting for units in hand; what has not ended after CLOSE_SECONDS is cut off.

        A server that stands still would keep a process that ends for good, which neither works nor is replaced.
        """
        for queue in {self._connections, self._locking}:
            await queue.close()
            metrics.unwatch(queue)
        for pool in filter(None, (self._pool, self._direct_pool)):
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await pool.close()  # cancelled, it ends its connections without another word


async def _open_pool(settings: DatabaseSettings, url: str, service: str, size: int) -> "Pool[asyncpg.Record]":
    return await asyncpg.create_pool(
        url,
        connect=connections.connect,
        min_size=0,
        max_size=size,
        max_queries=_MAX_QUERIES_PER_CONNECTION,
        statement_cache_size=settings.db_statement_cache_size,
        timeout=connections.CONNECT_TIMEOUT_SECONDS,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        init=teach_json,
        reset=_leave_as_is,
        server_settings=connections.server_settings(service),
    )


@asynccontextmanager
async def _kept_from_idling(unit: SystemUnit) -> AsyncGenerator[None]:
    """Show the server for the length of the block that the process lives, so that it leaves the transaction open."""
    over = asyncio.Event()

    async def show() -> None:
        with suppress(asyncpg.PostgresError, *_AWAY):  # lost: the end of the unit reports it
            while not await wait_for(over, connections.IDLE_IN_TRANSACTION_SECONDS / 3):
                await unit.execute("SELECT 1")

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        over.set()
        await showing


async def teach_json(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make jsonb columns plain Python values, both ways (binary format: one version byte, then the text).

    It asks the server for the type, in a transaction: a pooler may give each part of a statement outside one to another
    connection.
    """
    async with connection.transaction():
        await connection.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            format="binary",
            encoder=lambda value: b"\x01" + orjson.dumps(value, default=str),
            decoder=lambda data: orjson.loads(data[1:]),
        )


async def _leave_as_is(_: object) -> None:
    """Replace asyncpg's reset query: a unit sets nothing beyond its transaction, so a round trip is saved."""


_AWAY = (
    OSError,  # refused, reset and timed out
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,  # connections, memory, disk
    asyncpg.ReadOnlySQLTransactionError,  # it became a replica
    asyncpg.IdleInTransactionSessionTimeoutError,  # the process had stood still
    asyncpg.InternalClientError,  # the server's word that it ends the session came amid a statement
)


CONTENDED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Other transactions were in the way, so that the same transaction may succeed when it is begun again."""


def is_contended(error: BaseException) -> bool:
    """Return whether other transactions were in the way: the same transaction may succeed when it is begun again."""
    return isinstance(error, CONTENDED)


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database failed, not the statement, which may therefore succeed later."""
    # asyncpg says "connection is closed" with a plain InterfaceError; its subclasses are mistakes of the caller.
    return isinstance(error, _AWAY) or type(error) is asyncpg.InterfaceError
