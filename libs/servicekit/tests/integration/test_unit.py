"""Transactions and tenants."""

from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest
from servicekit.db import Database, Unit
from servicekit.db.units import TransactionLost
from servicekit.ids import new_id
from servicekit.testing import assert_rls_everywhere

ADD = "INSERT INTO notes (company_id, id, body) VALUES ($1, $2, $3)"


async def bodies(unit: Unit) -> list[str]:
    """The notes that this unit can see."""
    return [row["body"] for row in await unit.fetch("SELECT body FROM notes ORDER BY id")]


async def write(database: Database, company_id: UUID, body: str) -> None:
    """Add a note in a unit of its own."""
    async with database.unit(company_id) as unit:
        await unit.execute(ADD, company_id, new_id(), body)


async def test_a_unit_commits_when_it_ends(database: Database, company_id: UUID) -> None:
    """What a unit wrote is there for the next one."""
    await write(database, company_id, "kept")

    async with database.unit(company_id) as unit:
        assert await bodies(unit) == ["kept"]


async def test_an_exception_leaves_nothing_behind(database: Database, company_id: UUID) -> None:
    """A use case that fails halfway has written nothing."""

    async def fail_halfway() -> None:
        async with database.unit(company_id) as unit:
            await unit.execute(ADD, company_id, new_id(), "lost")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()

    async with database.unit(company_id) as unit:
        assert await bodies(unit) == []


async def test_a_swallowed_database_error_is_not_a_commit(database: Database, company_id: UUID) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK after an error; nobody may take that for success."""

    async def swallow() -> None:
        async with database.unit(company_id) as unit:
            await unit.execute(ADD, company_id, new_id(), "lost")
            with suppress(asyncpg.DivisionByZeroError):
                await unit.execute("SELECT 1 / 0")

    with pytest.raises(TransactionLost):
        await swallow()


async def test_a_savepoint_fails_alone(database: Database, company_id: UUID) -> None:
    """What was done outside the failed part of a unit stays."""
    async with database.unit(company_id) as unit:
        await unit.execute(ADD, company_id, new_id(), "outside")
        with suppress(asyncpg.DivisionByZeroError):
            async with unit.savepoint():
                await unit.execute(ADD, company_id, new_id(), "inside")
                await unit.execute("SELECT 1 / 0")

    async with database.unit(company_id) as unit:
        assert await bodies(unit) == ["outside"]


async def test_a_tenant_does_not_see_another(database: Database, company_id: UUID) -> None:
    """Not even with a query that forgets to name the company."""
    await write(database, new_id(), "theirs")
    await write(database, company_id, "ours")

    async with database.unit(company_id) as unit:
        assert await bodies(unit) == ["ours"]
        assert await unit.execute("UPDATE notes SET body = 'changed' WHERE body = 'theirs'") == "UPDATE 0"


async def test_a_tenant_cannot_write_for_another(database: Database, company_id: UUID) -> None:
    """A row that says it is somebody else's is refused."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.unit(company_id) as unit:
            await unit.execute(ADD, new_id(), new_id(), "smuggled")


async def test_an_unset_tenant_sees_nothing(database: Database, company_id: UUID) -> None:
    """A connection that skips the unit sees no row and writes none, even after a unit has used it."""
    await write(database, company_id, "ours")
    connection = await asyncpg.connect(database.direct_url)

    assert await connection.fetchval("SELECT count(*) FROM notes") == 0
    await connection.execute(f"BEGIN; SET LOCAL app.company_id = '{company_id.hex}'; COMMIT")
    assert await connection.fetchval("SELECT count(*) FROM notes") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(ADD, company_id, new_id(), "unowned")
    await connection.close()


async def test_a_system_unit_sees_every_tenant(database: Database, company_id: UUID) -> None:
    """Timers and subscriptions work across companies."""
    other = new_id()
    await write(database, company_id, "ours")
    await write(database, other, "theirs")

    async with database.system_unit() as unit:
        seen = await unit.fetchval("SELECT count(*) FROM notes WHERE company_id = ANY ($1)", [company_id, other])
    assert seen == 2


async def test_a_lookup_by_key_uses_the_key_despite_the_policy(database: Database, company_id: UUID) -> None:
    """Row-level security must not turn a lookup into a scan of everybody's rows."""
    async with database.unit(company_id) as unit:
        await unit.execute("SET LOCAL enable_seqscan = off")
        plan = await unit.fetch("EXPLAIN SELECT body FROM notes WHERE id = $1", new_id())

    assert any("Index Scan using notes_pkey" in row["QUERY PLAN"] for row in plan)


async def test_two_runners_never_hold_the_same_name(database: Database) -> None:
    """The second is refused at once; the name is free again when the first ends, even by an exception."""
    with suppress(RuntimeError):
        async with database.exclusive("sweep") as first, database.exclusive("sweep") as second:
            assert (first, second) == (True, False)
            raise RuntimeError("the first dies")

    async with database.exclusive("sweep") as third:
        assert third


async def test_row_level_security_is_forced_on_every_table_of_a_company(database: Database) -> None:
    """The guard passes for the chassis, and fails for one table that forgot."""
    await assert_rls_everywhere(database)

    async with database.system_unit() as unit:
        await unit.execute("CREATE TABLE forgotten (company_id uuid NOT NULL)")
    with pytest.raises(AssertionError, match="forgotten"):
        await assert_rls_everywhere(database)
    async with database.system_unit() as unit:
        await unit.execute("DROP TABLE forgotten")


async def test_json_columns_are_plain_values(database: Database) -> None:
    """jsonb goes in and comes out as Python values, identifiers and times included."""
    value = {"id": new_id(), "list": [1, None, "ü"]}

    async with database.system_unit() as unit:
        back = await unit.fetchval("SELECT $1::jsonb", value)
    assert back == {**value, "id": str(value["id"])}
