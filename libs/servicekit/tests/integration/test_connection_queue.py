"""Connections are given out in the order in which they were asked for, and lost to nobody."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY
from servicekit.db import Database
from servicekit.db.pool import ConnectionQueue
from servicekit.testing.databases import PoolSettings
from servicekit.testing.polling import poll


@pytest.fixture
async def small(database_url: str) -> AsyncGenerator[Database]:
    """A database with a single connection."""
    database = await Database.open(PoolSettings(database_url, db_pool_size=1), service="notes")
    yield database
    await database.close()


async def test_nobody_overtakes_who_waits(small: Database, company_id: UUID) -> None:
    """Not even one who asks in the very moment in which the connection is given back."""
    order: list[str] = []

    async def wait() -> None:
        async with small.unit(company_id):
            order.append("who waited")

    async def seize() -> None:
        while small.is_busy:  # noqa: ASYNC110  # to look in every turn of the event loop is the point
            await asyncio.sleep(0)
        async with small.unit(company_id):
            order.append("a newcomer")

    async with small.unit(company_id) as unit:
        waiting = asyncio.create_task(wait())
        await unit.execute("SELECT 1")
        newcomer = asyncio.create_task(seize())
        await unit.execute("SELECT 1")
    await asyncio.gather(waiting, newcomer)

    assert order == ["who waited", "a newcomer"]


async def test_who_gives_up_waiting_takes_no_turn_along(small: Database, company_id: UUID) -> None:
    """Cancelled in the queue: the next one gets the connection."""

    async def wait() -> None:
        async with small.unit(company_id):
            raise AssertionError("it was cancelled before")

    async with small.unit(company_id) as unit:
        waiting = [asyncio.create_task(wait()) for _ in range(3)]
        await unit.execute("SELECT 1")
        for task in waiting:
            task.cancel()
    ended = await asyncio.gather(*waiting, return_exceptions=True)

    async with small.unit(company_id) as unit:
        assert await unit.fetchval("SELECT 1") == 1
    assert {type(error) for error in ended} == {asyncio.CancelledError}


async def test_a_connection_that_could_not_be_made_keeps_no_turn(database_url: str, company_id: UUID) -> None:
    """After an outage everybody gets connections again."""
    absent = database_url.rpartition("/")[0] + "/absent"
    away = await Database.open(PoolSettings(absent, db_pool_size=1, db_pool_timeout_seconds=2), service="notes")
    failures = []
    for _ in range(3):
        with pytest.raises(Exception, match="absent") as failure:
            await away.unit(company_id).__aenter__()
        failures.append(type(failure.value).__name__)
    await away.close()

    assert failures == ["InvalidCatalogNameError"] * 3


async def test_who_waits_too_long_is_counted(database_url: str) -> None:
    """An alert tells a pool that is too small from a database that is slow."""
    before = measured("db_pool_timeouts_total")

    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        connection = await ConnectionQueue(pool, 30).acquire()
        with pytest.raises(TimeoutError):
            await ConnectionQueue(pool, 0.01).acquire()
        await pool.release(connection)

    assert measured("db_pool_timeouts_total") == before + 1


async def test_connections_in_use_are_measured(small: Database, company_id: UUID) -> None:
    """While a unit has one, and no longer."""
    before = measured("db_pool_connections_in_use")

    async with small.unit(company_id):
        meanwhile = measured("db_pool_connections_in_use")

    assert (meanwhile - before, measured("db_pool_connections_in_use")) == (1, before)


async def test_a_connection_that_ended_while_nobody_had_it_is_not_given_out(
    small: Database, database_url: str, company_id: UUID
) -> None:
    """The server was restarted between two requests: the second one does not notice."""
    async with small.unit(company_id) as unit:
        connection, server = unit.connection, await unit.fetchval("SELECT pg_backend_pid()")
    other = await asyncpg.connect(database_url)
    await other.execute("SELECT pg_terminate_backend($1)", server)
    await other.close()
    await poll(lambda: ended(connection))

    async with small.unit(company_id) as unit:
        assert await unit.fetchval("SELECT pg_backend_pid()") != server


async def test_what_nobody_needs_goes_back_to_the_pool(database_url: str) -> None:
    """Which closes it: two were needed at once, and since then only one."""
    async with asyncpg.create_pool(database_url, min_size=0, max_size=4) as pool:
        queue = ConnectionQueue(pool, 30)
        taken = [await queue.acquire(), await queue.acquire()]
        for connection in taken:
            await queue.release(connection, whole=True)
        queue.return_unused()
        at_first = pool.get_idle_size()
        await queue.release(await queue.acquire(), whole=True)
        queue.return_unused()

        async def idle() -> int:
            return pool.get_idle_size()

        await poll(idle, lambda count: count == 1)
        await queue.close()

        assert (at_first, pool.get_idle_size(), queue.in_use) == (0, 2, 0)


async def test_a_connection_that_is_not_whole_is_looked_after(database_url: str) -> None:
    """A transaction that its user left open, which the pool rolls back."""
    async with asyncpg.create_pool(database_url, min_size=0, max_size=1) as pool:
        queue = ConnectionQueue(pool, 30)
        connection = await queue.acquire()
        await connection.execute("BEGIN")
        await queue.release(connection)
        again = await queue.acquire()

        assert not again.is_in_transaction()
        await queue.release(again)


async def ended(connection: object) -> bool:
    """Whether the driver has noticed."""
    try:
        return bool(connection.is_closed())  # type: ignore[attr-defined]  # a connection of the pool
    except asyncpg.InterfaceError:
        return True


async def test_transactions_are_measured_by_kind(small: Database, company_id: UUID) -> None:
    """A system's transaction may last as long as a job; an alert looks at the tenants' alone."""
    series = "db_transaction_seconds_count"
    before = measured(series, kind="tenant"), measured(series, kind="system")

    async with small.unit(company_id) as unit:
        await unit.execute("SELECT 1")

    assert (measured(series, kind="tenant"), measured(series, kind="system")) == (before[0] + 1, before[1])


def measured(name: str, **labels: str) -> float:
    """The value of a series of this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
