"""The chassis tables, as migrations make them and as the metadata describes them; and tables that are in use."""

import asyncio
import shutil
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from servicekit.db import Database, migrations
from servicekit.testing import Servers, assert_no_drift, poll
from servicekit.testing.databases import Migrated, fresh_database
from sqlalchemy import Column, MetaData, Table, Text, Uuid
from sqlalchemy.exc import IntegrityError


def notes_metadata(*extra: Column[str]) -> MetaData:
    """The notes service's own table."""
    metadata = MetaData()
    Table(
        "notes",
        metadata,
        Column("company_id", Uuid, nullable=False),
        Column("id", Uuid, primary_key=True),
        Column("body", Text, nullable=False),
        *extra,
    )
    return metadata


async def test_migrations_make_what_the_metadata_says(database_url: str) -> None:
    """The frozen SQL of the chassis and its table objects agree; a column only one of them has is found."""
    await assert_no_drift(notes_metadata(), database_url)

    with pytest.raises(AssertionError, match="colour"):
        await assert_no_drift(notes_metadata(Column("colour", Text)), database_url)


async def test_another_primary_key_is_found(database_url: str) -> None:
    """Alembic does not compare it."""
    metadata = MetaData()
    columns = [Column(name, Uuid, primary_key=True) for name in ("company_id", "id")]
    Table("notes", metadata, *columns, Column("body", Text, nullable=False))

    with pytest.raises(AssertionError, match=r"primary key of notes: \['id'\] and \['company_id', 'id'\]"):
        await assert_no_drift(metadata, database_url)


async def test_an_outbox_that_is_not_tuned_is_found(servers: Servers, service: Migrated) -> None:
    """As that of a service whose migrations do not call `tune_chassis_tables`."""
    async with fresh_database(servers.postgres_url, service) as url:
        connection = await asyncpg.connect(url)
        await connection.execute("ALTER TABLE outbox RESET (autovacuum_vacuum_threshold)")
        await connection.close()

        with pytest.raises(AssertionError, match="tuned"):
            await assert_no_drift(notes_metadata(), url)


@asynccontextmanager
async def replicas_of(command: Sequence[str]) -> AsyncGenerator[Sequence[asyncio.subprocess.Process]]:
    """The same command twice at once; killed at the end if they still run."""
    replicas = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    try:
        yield replicas
    finally:
        for replica in replicas:
            if replica.returncode is None:
                replica.kill()
            await replica.wait()


async def test_migrating_twice_and_at_once_changes_nothing(
    database: Database, database_url: str, service: Migrated
) -> None:
    """Every replica may migrate when it starts."""
    migrate = (
        "import pathlib, sys; from servicekit.db.migrations import run; run(pathlib.Path(sys.argv[1]), sys.argv[2])"
    )
    command = (sys.executable, "-c", migrate, str(service.migrations), database_url)
    async with replicas_of(command) as replicas:
        ended = [await replica.wait() for replica in replicas]

    assert ended == [0, 0]
    async with database.system_unit() as unit:
        assert await unit.fetchval("SELECT version_num FROM alembic_version") == "0001"


_COLOUR = """
from alembic import op
revision, down_revision = "0002", "0001"

def upgrade():
    op.execute("ALTER TABLE notes ADD COLUMN colour text")
"""


@pytest.fixture
def newer(service: Migrated, tmp_path: Path) -> Path:
    """The service's migrations, and one more that alters a table."""
    scripts = shutil.copytree(service.migrations, tmp_path / "migrations")
    (scripts / "versions" / "0002_colour.py").write_text(_COLOUR)
    return scripts


@asynccontextmanager
async def reading(database_url: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    """A transaction that has read the table and is still open; the connection is closed in the end."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("BEGIN; SELECT FROM notes")
    yield connection
    await connection.close()


async def test_a_table_in_use_is_altered_once_it_is_free_and_others_read_it_meanwhile(
    servers: Servers, service: Migrated, newer: Path
) -> None:
    """A statement that waits for a table has everybody else wait behind it: it gives way, and comes again."""
    async with fresh_database(servers.postgres_url, service) as url, reading(url) as other:
        migrating = asyncio.create_task(asyncio.to_thread(migrations.run, newer, url))
        await poll(lambda: is_waited_for(other))
        shopper = await asyncpg.connect(url)
        await shopper.execute("SELECT FROM notes")

        await other.execute("COMMIT")
        await migrating
        await shopper.execute("SELECT colour FROM notes")
        await shopper.close()


async def is_waited_for(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Whether somebody waits for the table of notes."""
    sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'notes'::regclass AND NOT granted)"
    return bool(await connection.fetchval(sql))


async def test_a_table_that_is_never_free_is_a_clear_failure(
    servers: Servers, service: Migrated, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a bound it says which statement could not be run."""
    monkeypatch.setattr(migrations, "ATTEMPTS", 2)
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0)
    async with fresh_database(servers.postgres_url, service) as url, reading(url):
        with pytest.raises(migrations.TableInUse, match="2 times over: ALTER TABLE notes ADD COLUMN colour"):
            await asyncio.to_thread(migrations.run, newer, url)


_LOOKED_UP = """
from servicekit.db.migrations import build_index
revision, down_revision = "0002", "0001"

def upgrade():
    build_index("notes_by_body", "notes", "company_id, body", unique=True)
"""


async def test_an_index_is_built_while_its_table_is_written_and_others_want_to_migrate(
    servers: Servers, service: Migrated, tmp_path: Path
) -> None:
    """It waits for who wrote before it came, nobody waits for it, and a second migration waits for the first."""
    scripts = shutil.copytree(service.migrations, tmp_path / "migrations")
    (scripts / "versions" / "0002_looked_up.py").write_text(_LOOKED_UP)
    migrate = (
        "import pathlib, sys; from servicekit.db.migrations import run; run(pathlib.Path(sys.argv[1]), sys.argv[2])"
    )
    async with fresh_database(servers.postgres_url, service) as url:
        writer, watcher = await asyncpg.connect(url), await asyncpg.connect(url)
        await writer.execute("SET app.company_id = '*'; BEGIN")
        await writer.execute("INSERT INTO notes (company_id, id, body) VALUES ($1, $1, 'a')", uuid4())
        command = (sys.executable, "-c", migrate, str(scripts), url)
        async with replicas_of(command) as replicas:
            await poll(lambda: watcher.fetchval(_IS_BUILDING), deadline_seconds=120)
            await writer.execute("INSERT INTO notes (company_id, id, body) VALUES ($1, $1, 'b')", uuid4())
            await writer.execute("COMMIT")

            ended = [await replica.wait() for replica in replicas]
        valid = await watcher.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'notes_by_body'::regclass")
        await writer.close()
        await watcher.close()

    assert (ended, valid) == ([0, 0], True)


_IS_BUILDING = "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for%')"


async def test_an_index_that_was_left_half_built_is_built_again(
    servers: Servers, service: Migrated, tmp_path: Path
) -> None:
    """Two rows were equal, the build ended with an error; when they differ, the next call does it."""
    scripts = shutil.copytree(service.migrations, tmp_path / "migrations")
    (scripts / "versions" / "0002_looked_up.py").write_text(_LOOKED_UP)
    async with fresh_database(servers.postgres_url, service) as url:
        connection, company = await asyncpg.connect(url), uuid4()
        await connection.execute("SET app.company_id = '*'")
        for _ in range(2):
            await connection.execute(
                "INSERT INTO notes (company_id, id, body) VALUES ($1, $2, 'same')", company, uuid4()
            )
        with pytest.raises(IntegrityError):
            await asyncio.to_thread(migrations.run, scripts, url)
        await connection.execute("UPDATE notes SET body = id::text")

        await asyncio.to_thread(migrations.run, scripts, url)
        valid = await connection.fetchval(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'notes_by_body'::regclass"
        )
        await connection.close()

    assert valid
