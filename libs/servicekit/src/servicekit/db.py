"""PostgreSQL: a pool, and the `Unit`, one transaction: of one tenant (`TenantUnit`) or over all (`SystemUnit`).

Every unit begins with the tenant set for row-level security and a bound on lock waits, in one round trip, and commits
in one more. A unit is opened and committed at the edges only (route, subscription, job); all below receives it.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self
from uuid import UUID

import asyncpg
import orjson

from servicekit.clock import Clock, SystemClock

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

LOCK_TIMEOUT = "2s"
"""How long a statement waits for another transaction's lock (rules.md 10); then asyncpg.LockNotAvailableError."""
COMMAND_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 5.0
_MAX_QUERIES_PER_CONNECTION = 1_000_000
_SYSTEM = "*"


class DatabaseSettings(Protocol):
    """What a database needs to know; ServiceSettings has it."""

    @property
    def database_url(self) -> str:
        """A libpq address of the service's own database."""

    @property
    def db_pool_size(self) -> int:
        """The most connections this process opens."""

    @property
    def db_pool_timeout_seconds(self) -> float:
        """How long a unit waits for a free connection."""


class TransactionLost(Exception):
    """COMMIT was answered with ROLLBACK: a statement had failed and its error was swallowed inside the unit."""


class Unit:
    """One transaction, of either kind. Use cases and repositories take it; none of them commits it.

    `now` is the clock's time when the unit began. Not for concurrent use: one statement at a time.
    """

    __slots__ = ("connection", "now")

    def __init__(self, connection: "Connection", now: datetime) -> None:
        self.connection = connection
        self.now = now

    async def fetch(self, sql: str, *args: object, timeout: float | None = None) -> list[asyncpg.Record]:  # noqa: ASYNC109  # the driver's own deadline, which also cancels the statement on the server
        """Run a query and return all rows. `timeout` in seconds replaces COMMAND_TIMEOUT_SECONDS, here and below."""
        return await self.connection.fetch(sql, *args, timeout=timeout)

    async def fetchrow(self, sql: str, *args: object, timeout: float | None = None) -> asyncpg.Record | None:  # noqa: ASYNC109  # as above
        """Run a query and return its first row, or None."""
        return await self.connection.fetchrow(sql, *args, timeout=timeout)

    async def fetchval(self, sql: str, *args: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # as above
        """Run a query and return the first column of its first row, or None."""
        return await self.connection.fetchval(sql, *args, timeout=timeout)

    async def execute(self, sql: str, *args: object, timeout: float | None = None) -> str:  # noqa: ASYNC109  # as above
        """Run a statement and return its command tag, such as "UPDATE 3"."""
        return await self.connection.execute(sql, *args, timeout=timeout)

    async def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of arguments."""
        await self.connection.executemany(sql, rows)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """A part that may fail alone: an exception undoes what was done inside and is raised on; the unit lives."""
        await self.connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            await self.connection.execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            raise
        await self.connection.execute("RELEASE SAVEPOINT part")


class TenantUnit(Unit):
    """A transaction that sees and writes the rows of one company, `company_id`, and no others."""

    __slots__ = ("company_id",)

    def __init__(self, connection: "Connection", now: datetime, company_id: UUID) -> None:
        super().__init__(connection, now)
        self.company_id = company_id


class SystemUnit(Unit):
    """A transaction that sees and writes every company's rows."""

    __slots__ = ()


class _UnitContext:
    """`async with` over a unit: begins it, commits it on a normal exit, rolls it back on an exception."""

    __slots__ = ("_begin", "_connection", "_pool", "_timeout")

    def __init__(self, pool: "Pool[asyncpg.Record]", tenant: str, timeout: float) -> None:
        self._begin = f"BEGIN; SET LOCAL app.company_id='{tenant}'; SET LOCAL lock_timeout='{LOCK_TIMEOUT}'"
        self._pool, self._timeout = pool, timeout

    async def _open(self) -> "Connection":
        async with asyncio.timeout(self._timeout):  # the pool's own deadline makes a task for each unit
            self._connection = connection = await self._pool.acquire()
        try:
            await connection.execute(self._begin)
        except BaseException:
            await self._pool.release(connection)
            raise
        return connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and (answer := await self._connection.execute("COMMIT")) != "COMMIT":
                raise TransactionLost(answer)
            if kind is not None and self._connection.is_in_transaction():
                await self._roll_back()
        finally:
            await self._pool.release(self._connection)  # rolls back what is still open, drops what is broken

    async def _roll_back(self) -> None:
        """End the transaction of a refusal quietly; a connection that is busy or gone is left for the pool to drop."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self._connection.execute("ROLLBACK")


class TenantUnitContext(_UnitContext):
    """`async with` over a company's unit."""

    __slots__ = ("_clock", "_company_id")

    def __init__(self, pool: "Pool[asyncpg.Record]", company_id: UUID, clock: Clock, timeout: float) -> None:
        super().__init__(pool, company_id.hex, timeout)  # hex of a UUID object: nothing to inject
        self._company_id, self._clock = company_id, clock

    async def __aenter__(self) -> TenantUnit:
        return TenantUnit(await self._open(), self._clock.now(), self._company_id)


class SystemUnitContext(_UnitContext):
    """`async with` over a unit of no company, which sees all of them."""

    __slots__ = ("_clock",)

    def __init__(self, pool: "Pool[asyncpg.Record]", clock: Clock, timeout: float) -> None:
        super().__init__(pool, _SYSTEM, timeout)
        self._clock = clock

    async def __aenter__(self) -> SystemUnit:
        return SystemUnit(await self._open(), self._clock.now())


class Database:
    """A service's own database. Safe for concurrent use; connections are opened when first needed."""

    def __init__(self, pool: "Pool[asyncpg.Record]", service: str, clock: Clock, pool_timeout: float, url: str) -> None:
        self.service = service
        self.clock = clock
        self.url = url
        self._pool = pool
        self._pool_timeout = pool_timeout
        self._may_be_exclusive = asyncio.Semaphore(max(1, pool.get_max_size() // 2))

    @classmethod
    async def open(cls, settings: DatabaseSettings, *, service: str, clock: Clock | None = None) -> Self:
        """Make the pool; no connection is tried yet, so a service starts while its database is away."""
        pool = await asyncpg.create_pool(
            settings.database_url,
            min_size=0,
            max_size=settings.db_pool_size,
            max_queries=_MAX_QUERIES_PER_CONNECTION,
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=COMMAND_TIMEOUT_SECONDS,
            init=teach_json,
            reset=_leave_as_is,
            server_settings={"application_name": service, "timezone": "UTC", "jit": "off"},
        )
        return cls(pool, service, clock or SystemClock(), settings.db_pool_timeout_seconds, settings.database_url)

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Begin a transaction that sees and writes one company's rows only."""
        return TenantUnitContext(self._pool, company_id, self.clock, self._pool_timeout)

    def system_unit(self) -> SystemUnitContext:
        """Begin a transaction that sees every company's rows: timers, subscriptions, the relay, commands of the CLI."""
        return SystemUnitContext(self._pool, self.clock, self._pool_timeout)

    @asynccontextmanager
    async def exclusive(self, name: str) -> AsyncGenerator[bool]:
        """Say whether this caller is now the only one, over all processes of the service, to hold `name`; never waits.

        Held until the block ends, however it ends, by a transaction-level advisory lock, so it is lost with its
        connection: what runs under it must bear a second runner (SKIP LOCKED, compare-and-set). At most half of the
        pool holds names, so that what runs under them finds connections; the others wait here.
        """
        async with self._may_be_exclusive, self.system_unit() as unit:
            yield await unit.fetchval(
                "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", f"{self.service}:{name}"
            )

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self._pool.acquire(timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            await connection.execute("SELECT 1", timeout=CONNECT_TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Close every connection, waiting for units in hand."""
        await self._pool.close()


async def teach_json(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make jsonb columns plain Python values, both ways (binary format: one version byte, then the text)."""
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
    asyncpg.TooManyConnectionsError,
)


def is_unavailable(error: BaseException) -> bool:
    """Say whether an error means that the database (not the statement) failed, so that the same may work later."""
    # asyncpg says "connection is closed" with a plain InterfaceError; its subclasses are mistakes of the caller.
    return isinstance(error, _AWAY) or type(error) is asyncpg.InterfaceError
