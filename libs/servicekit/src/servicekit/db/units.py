"""The `Unit`: one transaction, of one tenant (`TenantUnit`) or over all (`SystemUnit`).

Every unit begins with the tenant set for row-level security and a bound on lock waits, in one round trip, and commits
in one more. The edges (route, subscription, job) open and commit it, and all below receives it. The exception is a use
case that one unit is not enough for (an upstream called between two, a batch that commits piece by piece): it is given
the `Database`.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from prometheus_client import Histogram

from servicekit.clock import Clock
from servicekit.db import metrics
from servicekit.db.pool import ConnectionQueue

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

LOCK_TIMEOUT = "2s"
"""How long a statement waits for another transaction's lock (rules.md 10); then asyncpg.LockNotAvailableError."""
COMMAND_TIMEOUT_SECONDS = 30.0
"""How long a statement runs that states no timeout of its own."""
_SYSTEM = "*"


class TransactionLost(Exception):
    """COMMIT was answered with ROLLBACK: a statement had failed and its error was swallowed inside the unit."""


class Unit:
    """One transaction, of either kind. Use cases and repositories take it; none of them commits it.

    `now` is the clock's time when the unit began. Not for concurrent use: one statement at a time.
    """

    __slots__ = ("connection", "now", "parts")

    def __init__(self, connection: "Connection", now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.parts = 0

    async def fetch(self, sql: str, *args: object, timeout: float | None = None) -> list[asyncpg.Record]:  # noqa: ASYNC109  # the driver's own deadline, which also cancels the statement on the server
        """Run a query and return all rows. `timeout` in seconds replaces COMMAND_TIMEOUT_SECONDS, here and below."""
        return await self.connection.fetch(sql, *args, timeout=timeout)

    async def fetchrow(self, sql: str, *args: object, timeout: float | None = None) -> asyncpg.Record | None:  # noqa: ASYNC109  # the driver's own deadline
        """Run a query and return its first row, or None."""
        return await self.connection.fetchrow(sql, *args, timeout=timeout)

    async def fetchval(self, sql: str, *args: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # the driver's own deadline
        """Run a query and return the first column of its first row, or None."""
        return await self.connection.fetchval(sql, *args, timeout=timeout)

    async def execute(self, sql: str, *args: object, timeout: float | None = None) -> str:  # noqa: ASYNC109  # the driver's own deadline
        """Run a statement and return its command tag, such as "UPDATE 3"."""
        return await self.connection.execute(sql, *args, timeout=timeout)

    async def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of arguments."""
        await self.connection.executemany(sql, rows)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """A part that may fail alone: an exception undoes what was done inside and is raised on; the unit lives."""
        await self.connection.execute("SAVEPOINT part")
        self.parts += 1
        try:
            yield
        except BaseException:
            await self.connection.execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
            raise
        else:
            await self.connection.execute("RELEASE SAVEPOINT part")
        finally:
            self.parts -= 1


class TenantUnit(Unit):
    """A transaction that sees and writes the rows of one company, `company_id`, and no others."""

    __slots__ = ("_context", "company_id")

    def __init__(
        self, connection: "Connection", now: datetime, company_id: UUID, context: "_UnitContext | None" = None
    ) -> None:
        super().__init__(connection, now)
        self.company_id = company_id
        self._context = context

    @property
    def can_be_suspended(self) -> bool:
        """Whether nothing is under way that a commit would tear apart: a savepoint, as under a reserved key."""
        return self._context is not None and self.parts == 0

    @asynccontextmanager
    async def suspended(self, *, undone: bool = False) -> AsyncGenerator[None]:
        """Commit what was written and give the connection back while the block runs; with `undone`, roll it back.

        For what waits for another service. However the block ends, the next statement begins anew with a connection of
        the pool, and raises TimeoutError when none is free; a unit that has nothing more to do needs none. What was
        read before may have changed, and its locks are gone. Raises RuntimeError unless `can_be_suspended`.
        """
        if self._context is None or not self.can_be_suspended:
            raise RuntimeError("a unit inside a savepoint cannot be suspended")
        given_back = _GivenBack(self, self._context)
        await self._context.end(undone=undone)
        self.connection = given_back  # type: ignore[assignment]  # it answers to what a unit calls
        try:
            yield
        finally:
            given_back.is_over = True


class _GivenBack:
    """In the place of a suspended unit's connection: its first statement after that takes another and begins anew."""

    __slots__ = ("_context", "_unit", "is_over")

    def __init__(self, unit: TenantUnit, context: "_UnitContext") -> None:
        self._unit, self._context, self.is_over = unit, context, False

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def run(*args: object, **options: object) -> Any:
            if not self.is_over:
                raise RuntimeError("a suspended unit runs no statement")
            self._unit.connection = await self._context.begin()
            return await getattr(self._unit.connection, name)(*args, **options)

        return run


class SystemUnit(Unit):
    """A transaction that sees and writes every company's rows."""

    __slots__ = ()


class _UnitContext:
    """`async with` over a unit: begins it, commits it on a normal exit, rolls it back on an exception."""

    __slots__ = ("_begin", "_begun_at", "_connection", "_connections")
    _connection: "Connection | None"
    _duration: Histogram

    def __init__(self, connections: ConnectionQueue, tenant: str) -> None:
        self._begin = f"BEGIN; SET LOCAL app.company_id='{tenant}'; SET LOCAL lock_timeout='{LOCK_TIMEOUT}'"
        self._connections = connections

    async def begin(self) -> "Connection":
        """Take a connection and begin a transaction in it."""
        connection = await self._connections.acquire()
        try:
            await connection.execute(self._begin)
        except BaseException:
            await self._connections.release(connection)
            raise
        self._begun_at = perf_counter()
        self._connection = connection
        return connection

    async def end(self, *, undone: bool = False) -> None:
        """End the transaction and give its connection back; nothing is done when that has happened before."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        committed = False
        try:
            if undone:
                await _roll_back(connection)
                return
            if (answer := await connection.execute("COMMIT")) != "COMMIT":
                raise TransactionLost(answer)
            committed = True
        finally:
            self._duration.observe(perf_counter() - self._begun_at)
            await self._connections.release(connection, whole=committed)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end(undone=kind is not None)


async def _roll_back(connection: "Connection") -> None:
    """End the transaction of a refusal quietly; a connection that is busy or gone is left for the pool to drop."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")


class TenantUnitContext(_UnitContext):
    """`async with` over a company's unit."""

    __slots__ = ("_clock", "_company_id")
    _duration = metrics.TRANSACTION.labels("tenant")

    def __init__(self, connections: ConnectionQueue, company_id: UUID, clock: Clock) -> None:
        super().__init__(connections, company_id.hex)  # hex of a UUID object: nothing to inject
        self._company_id, self._clock = company_id, clock

    async def __aenter__(self) -> TenantUnit:
        return TenantUnit(await self.begin(), self._clock.now(), self._company_id, self)


class SystemUnitContext(_UnitContext):
    """`async with` over a unit of no company, which sees all of them."""

    __slots__ = ("_clock",)
    _duration = metrics.TRANSACTION.labels("system")

    def __init__(self, connections: ConnectionQueue, clock: Clock) -> None:
        super().__init__(connections, _SYSTEM)
        self._clock = clock

    async def __aenter__(self) -> SystemUnit:
        return SystemUnit(await self.begin(), self._clock.now())
