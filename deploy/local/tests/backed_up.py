"""A PostgreSQL that was backed up, written to and restored, as tests see it."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import boto3
from cartwheel_local.backups.copying import database_at
from cartwheel_local.backups.recovering import Target
from cartwheel_local.backups.restoring import Restored, restore
from cartwheel_local.backups.restoring_alone import RestoredAlone, manifest_alone, restore_alone
from cartwheel_local.backups.store import NAME as STORE
from cartwheel_local.backups.taking import open_backups, take_backup
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.databases import create_databases
from cartwheel_local.secrets import Secrets
from cartwheel_local.stack import purge
from localservers.home import Home
from localservers.postgres import start_postgres
from localservers.state import load_running
from rich.console import Console
from servicekit.testing.polling import poll

T = TypeVar("T")
BUCKET = "cartwheel-backups"
DATABASE = "cartwheel_analytics"
OWNERS = "SELECT array_agg(DISTINCT tableowner::text) FROM pg_tables WHERE schemaname = 'public'"
TABLES = """
CREATE TABLE counts (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE TABLE counts_2026 PARTITION OF counts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE counts_rest PARTITION OF counts DEFAULT;
ALTER TABLE counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE counts FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON counts USING (true);
INSERT INTO counts (at) SELECT timestamptz '2025-12-01' + n * interval '1 day' FROM generate_series(1, 100) n;
"""


_MEMORY = Path("/dev/shm")  # noqa: S108  # made by mkdtemp, for its owner alone
_NEEDED_BYTES = 2 * 1024**3


@contextmanager
def home_in_memory(otherwise: Path) -> Iterator[Home]:
    """A home of the test's own, deleted at the end; in memory where there is enough, because a restore syncs each file.

    A disk under load takes 25 ms for each of a cluster's thousand files, several times a test.
    """
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _NEEDED_BYTES
    place = Path(tempfile.mkdtemp(dir=_MEMORY)) if in_memory else otherwise
    place.chmod(0o711)  # the account that PostgreSQL runs as has to get in
    home = Home.at(place / "home")
    try:
        yield home
    finally:
        asyncio.run(purge(home))
        shutil.rmtree(place)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A home whose PostgreSQL has a full and an incremental backup, rows after both, and a moment between rows."""

    home: Home
    secrets: Secrets
    address: str
    before_delete: datetime

    def run(self, work: Callable[["asyncpg.Connection"], Awaitable[T]], database: str = "postgres") -> T:
        """Do some work in a database."""

        async def connected() -> T:
            connection = await asyncpg.connect(database_at(self.address, database))
            try:
                return await work(connection)
            finally:
                await connection.close()

        return asyncio.run(connected())

    def rows(self) -> int:
        """How many rows the table has now."""
        return int(self.run(lambda connection: connection.fetchval("SELECT count(*) FROM goods")))

    def counts(self, database: str) -> int:
        """How many rows the service's table has, in its database or in another that was its."""
        return int(self.run(lambda connection: connection.fetchval("SELECT count(*) FROM counts"), database))

    def databases(self) -> set[str]:
        """The databases that there are."""
        names = "SELECT array_agg(datname::text) FROM pg_database WHERE NOT datistemplate"
        return set(self.run(lambda connection: connection.fetchval(names)))

    def restore_alone(self, moment: datetime) -> RestoredAlone:
        """Restore the service's database as the command does, while somebody is connected to it."""
        reporter = ConsoleReporter(Console(quiet=True))
        target, manifest = Target(moment), manifest_alone("analytics")

        async def restored() -> RestoredAlone:
            reader = await asyncpg.connect(database_at(self.address, DATABASE))
            try:
                return await restore_alone(self.home, self.secrets, target, manifest, reporter)
            finally:
                reader.terminate()

        return asyncio.run(restored())

    def restore(self, moment: datetime | None = None, *, exchange: bool = True) -> Restored:
        """Restore as the command does."""
        reporter = ConsoleReporter(Console(quiet=True))
        return asyncio.run(restore(self.home, self.secrets, Target(moment), reporter, exchange=exchange))

    def bucket(self) -> Any:
        """A client of the bucket, which trusts its certificate's authority and no other."""
        return boto3.client(
            "s3",
            endpoint_url=f"https://localhost:{load_running(self.home)[STORE].port}",
            verify=str(self.home_directory / "ca.pem"),
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    @property
    def home_directory(self) -> Path:
        """Where pgBackRest's files are."""
        program = asyncio.run(open_backups(self.home, self.secrets, start=False))
        return program.directory

    def key_with(self, part: str) -> str:
        """The newest key of the bucket that has this in it."""
        pages = self.bucket().get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return max(entry["Key"] for page in pages for entry in page["Contents"] if part in entry["Key"])


async def back_up(home: Home, secrets: Secrets) -> BackedUp:
    """Start it alone; a full and an incremental backup, rows after each, and rows deleted after the moment."""
    address = await start_postgres(home, secrets)
    reporter = ConsoleReporter(Console(quiet=True))
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE goods AS SELECT generate_series(1, 100) AS id")
    owned = (await create_databases(address, [DATABASE], "secret"))[DATABASE]
    owner = await asyncpg.connect(owned)
    await owner.execute(TABLES)
    await take_backup(home, secrets, "full", reporter)
    await connection.execute("INSERT INTO goods SELECT generate_series(101, 200)")
    await take_backup(home, secrets, "incr", reporter)
    await connection.execute("INSERT INTO goods SELECT generate_series(201, 300)")
    await connection.execute("SELECT pg_switch_wal()")
    moment = await connection.fetchval("SELECT clock_timestamp()")
    await connection.execute("DELETE FROM goods")
    await owner.execute("DELETE FROM counts WHERE id > 10; ALTER TABLE counts ADD COLUMN wrong text")
    await owner.close()
    # What was deleted is committed before its segment ends, so that it is in the archive.
    segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    await poll(lambda: _is_archived(connection, segment))
    await connection.close()
    return BackedUp(home, secrets, address, moment)


async def _is_archived(connection: "asyncpg.Connection", segment: str) -> bool:
    newest: str | None = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
    return newest is not None and newest >= segment
