"""`verify-database` says what a database lacks, what it has beyond, and changes nothing."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import asyncpg
import pytest
from servicekit.cli.main import commands
from servicekit.db.dropping import DROPPED_NEXT
from servicekit.db.verification import Verification, verify
from servicekit.roles.service import AnyService
from servicekit.testing import Servers
from servicekit.testing.databases import Migrated, fresh_database
from sqlalchemy import Index, UniqueConstraint
from typer.testing import CliRunner, Result

from ..notes import NOTES
from .command_line import environment
from .test_migrations import notes_metadata

SERVICE: AnyService = replace(NOTES, metadata=notes_metadata())


@pytest.fixture
async def url(servers: Servers, service: Migrated) -> AsyncGenerator[str]:
    """The address of a database that a test may spoil."""
    async with fresh_database(servers.postgres_url, service) as address:
        yield address


async def spoiled(url: str, *statements: str) -> Verification:
    """What is found after these statements."""
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()
    return await verify(url, SERVICE.migrations, SERVICE.metadata)


async def test_a_migrated_database_is_as_it_should_be(url: str) -> None:
    """Every table is named, with its indexes."""
    found = await spoiled(url)

    assert (found.faults, found.surplus) == ([], [])
    assert found.revision == found.newest
    assert {"notes", "outbox", "inbox", "idempotency_keys"} <= {size.name for size in found.tables}
    assert all(size.indexes > 0 and size.bytes > 0 for size in found.tables)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP TABLE inbox", "table inbox is missing"),
        ("ALTER TABLE notes DROP COLUMN body", "column notes.body is missing"),
        ("ALTER TABLE notes ALTER body DROP NOT NULL", "column notes.body: differs (modify_nullable)"),
        ("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY", "table notes: row-level security is not forced"),
        ("DROP POLICY tenant ON outbox", "table outbox: row-level security is not forced"),
        ("ALTER TABLE outbox RESET (autovacuum_vacuum_threshold)", "table outbox: not tuned as the chassis says"),
        ("UPDATE alembic_version SET version_num = '0000'", "revision 0000: run migrate, the newest is"),
        ("DELETE FROM alembic_version", "revision none: run migrate, the newest is"),
    ],
)
async def test_what_is_missing_is_named(url: str, statement: str, fault: str) -> None:
    """One sentence that says which thing, and where there is one, what to do."""
    found = await spoiled(url, statement)

    assert [sentence for sentence in found.faults if sentence.startswith(fault)] == list(found.faults) != []


async def test_an_index_that_is_gone_or_was_never_finished_is_named(url: str) -> None:
    """A CREATE INDEX CONCURRENTLY that failed leaves an index that nobody uses."""
    name = (await _indexes(url, "outbox"))[0]
    with pytest.raises(asyncpg.UniqueViolationError):
        await spoiled(
            url,
            "CREATE TABLE tags (id int); INSERT INTO tags VALUES (1), (1)",
            "CREATE UNIQUE INDEX CONCURRENTLY tags_once ON tags (id)",
        )

    found = await spoiled(url, f"DROP INDEX {name}")

    assert found.faults == [
        "index tags_once: invalid, build it again (REINDEX INDEX CONCURRENTLY)",
        f"index outbox.{name} is missing",
    ]


async def test_what_the_next_release_drops_is_not_missed(url: str) -> None:
    """A version that has said so can be rolled back to; without the note the same is a fault."""
    spared, missed = notes_metadata(), notes_metadata()
    for metadata, info in ((spared, DROPPED_NEXT), (missed, {})):
        table = metadata.tables["notes"]
        Index("notes_of_company", table.c.company_id, info=info)
        table.append_constraint(UniqueConstraint("company_id", "id", name="notes_owner", info=info))

    found = [await verify(url, SERVICE.migrations, metadata) for metadata in (spared, missed)]

    assert found[0].faults == []
    assert sorted(found[1].faults) == [
        "constraint notes.notes_owner is missing",
        "index notes.notes_of_company is missing",
    ]


async def _indexes(url: str, table: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = $1::regclass AND indexrelid NOT IN (SELECT conindid FROM pg_constraint) ORDER BY 1",
        table,
    )
    await connection.close()
    return [row[0] for row in rows]


async def test_what_a_newer_version_has_added_is_a_note(url: str) -> None:
    """A version that was rolled back alone finds all it needs."""
    found = await spoiled(
        url,
        "ALTER TABLE notes ADD COLUMN colour text",
        "CREATE TABLE tags (id int PRIMARY KEY)",
        "UPDATE alembic_version SET version_num = '9999'",
    )

    assert found.faults == []
    assert sorted(found.surplus) == [
        "column notes.colour is not known to this version",
        "table tags is not known to this version",
    ]


async def test_the_command_ends_with_one_where_something_is_missing(servers: Servers, url: str) -> None:
    """And with zero where nothing is; the verdict is the last line."""

    def run() -> Result:
        return CliRunner().invoke(commands(SERVICE), ["verify-database"], env=environment(servers, url))

    whole = await asyncio.to_thread(run)
    await spoiled(url, "DROP TABLE inbox")
    lacking = await asyncio.to_thread(run)

    assert (whole.exit_code, lacking.exit_code) == (0, 1)
    assert "tables as revision" in whole.stdout.splitlines()[-1]
    assert "fault: table inbox is missing" in lacking.stderr
    assert lacking.stdout.splitlines()[-1] == "notes: 1 fault"
