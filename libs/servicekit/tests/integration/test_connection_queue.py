"""Connections are given out in the order in which they were asked for, and lost to nobody."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from servicekit.db import Database
from servicekit.testing.databases import PoolSettings


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
        while not small.has_idle_connection:  # noqa: ASYNC110  # to look in every turn of the event loop is the point
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
