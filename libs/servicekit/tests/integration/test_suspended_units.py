"""A unit that gives its connection back while its use case waits for something outside."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from uuid import UUID

import pytest
from servicekit.db import Database
from servicekit.db.units import LOCK_TIMEOUT
from servicekit.ids import new_id
from servicekit.testing.databases import PoolSettings

from .test_unit import ADD, bodies, write


@pytest.fixture
async def single(database_url: str) -> AsyncGenerator[Database]:
    """The database behind a pool of one connection, for which nobody waits long."""
    database = await Database.open(
        PoolSettings(database_url, db_pool_size=1, db_pool_timeout_seconds=0.2), service="notes"
    )
    yield database
    await database.close()


async def settings_of(database: Database, company_id: UUID) -> list[str]:
    """What a unit has set in its transaction after it was suspended."""
    async with database.unit(company_id) as unit:
        async with unit.suspended():
            pass
        row = await unit.fetchrow("SELECT current_setting('app.company_id'), current_setting('lock_timeout')")
    assert row is not None
    return list(row)


async def test_a_suspended_unit_has_no_connection(single: Database, company_id: UUID) -> None:
    """The only one there is serves another unit meanwhile, which sees what was written before."""
    async with single.unit(company_id) as unit:
        await unit.execute(ADD, company_id, new_id(), "before")
        async with unit.suspended(), single.unit(company_id) as other:
            seen = await bodies(other)
        await unit.execute(ADD, company_id, new_id(), "after")

    assert seen == ["before"]
    async with single.unit(company_id) as unit:
        assert await bodies(unit) == ["before", "after"]


async def test_a_unit_goes_on_for_its_company_and_with_its_bounds(single: Database, company_id: UUID) -> None:
    """The connection may be another one; row-level security and the bound on lock waits are set again."""
    await write(single, new_id(), "theirs")

    assert await settings_of(single, company_id) == [company_id.hex, LOCK_TIMEOUT]


async def test_what_is_undone_before_is_not_committed(single: Database, company_id: UUID) -> None:
    """A use case that is to be tried again from its beginning."""
    async with single.unit(company_id) as unit:
        await unit.execute(ADD, company_id, new_id(), "undone")
        async with unit.suspended(undone=True):
            pass
        await unit.execute(ADD, company_id, new_id(), "again")

    async with single.unit(company_id) as unit:
        assert await bodies(unit) == ["again"]


async def test_a_failure_outside_keeps_what_was_committed_and_undoes_what_follows(
    single: Database, company_id: UUID
) -> None:
    """The unit ends with the error; there is nothing left to roll back."""

    async def fail() -> None:
        async with single.unit(company_id) as unit:
            await unit.execute(ADD, company_id, new_id(), "before")
            with suppress(LookupError):
                async with unit.suspended():
                    raise LookupError
            await unit.execute(ADD, company_id, new_id(), "after")
            raise RuntimeError("ended")

    with pytest.raises(RuntimeError, match="ended"):
        await fail()
    async with single.unit(company_id) as unit:
        assert await bodies(unit) == ["before"]


async def test_a_suspended_unit_runs_nothing(single: Database, company_id: UUID) -> None:
    """A statement in the block is a mistake: it would have a transaction open again."""
    async with single.unit(company_id) as unit, unit.suspended():
        with pytest.raises(RuntimeError, match="suspended"):
            await unit.fetchval("SELECT 1")


async def test_a_unit_inside_a_savepoint_is_not_suspended(single: Database, company_id: UUID) -> None:
    """A commit would tear apart what has to be done as a whole."""
    async with single.unit(company_id) as unit, unit.savepoint():
        assert not unit.can_be_suspended
        with pytest.raises(RuntimeError, match="savepoint"):
            async with unit.suspended():
                pass


async def test_who_is_cancelled_outside_takes_no_connection(single: Database, company_id: UUID) -> None:
    """The request ends at once, though all connections are in use, and as what it is: cancelled."""
    outside = asyncio.Event()

    async def wait() -> None:
        async with single.unit(company_id) as unit, unit.suspended():
            outside.set()
            await asyncio.Event().wait()

    waiting = asyncio.create_task(wait())
    await outside.wait()
    async with single.unit(company_id):
        waiting.cancel()
        await asyncio.wait({waiting})

    assert waiting.cancelled()
    await write(single, company_id, "the connection is there")


async def test_a_full_pool_takes_nothing_back_that_was_done_outside(single: Database, company_id: UUID) -> None:
    """A unit that has nothing left to do needs no connection; one that has gets the error of a full pool."""
    busy = single.unit(company_id)
    async with single.unit(company_id) as unit, unit.suspended():
        await busy.__aenter__()
    await busy.__aexit__(None, None, None)

    async with single.unit(company_id) as unit:
        async with unit.suspended():
            await busy.__aenter__()
        with pytest.raises(TimeoutError):
            await unit.fetchval("SELECT 1")
        await busy.__aexit__(None, None, None)
        assert await unit.fetchval("SELECT 1") == 1
