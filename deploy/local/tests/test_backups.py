"""Backups of a real PostgreSQL: restored they bring back what there was, damaged they touch nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import boto3
import pytest
from cartwheel_local.backups.catalogue import missing_segments, read_faults
from cartwheel_local.backups.errors import BackupDamaged, BackupsUnavailable, MomentUnreachable
from cartwheel_local.backups.restoring import Restored, Target, restore
from cartwheel_local.backups.store import NAME as STORE
from cartwheel_local.backups.taking import open_backups, take_backup
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.stack import down, purge
from localservers.home import Home
from localservers.postgres import ARCHIVING, start_postgres
from localservers.processes import stop
from localservers.state import load_running
from rich.console import Console
from servicekit.testing.polling import poll

T = TypeVar("T")
BUCKET = "cartwheel-backups"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A home whose PostgreSQL has a full and an incremental backup, rows after both, and a moment between rows."""

    home: Home
    secrets: Secrets
    address: str
    before_delete: datetime

    def run(self, work: Callable[["asyncpg.Connection"], Awaitable[T]]) -> T:
        """Do some work in the database."""

        async def connected() -> T:
            connection = await asyncpg.connect(self.address)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return asyncio.run(connected())

    def rows(self) -> int:
        """How many rows the table has now."""
        return int(self.run(lambda connection: connection.fetchval("SELECT count(*) FROM goods")))

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


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackedUp]:
    """PostgreSQL alone, backed up; ended whatever happens."""
    home = Home.at(tmp_path_factory.mktemp("backups") / "home")
    try:
        yield asyncio.run(_back_up(home, load_secrets(home)))
    finally:
        asyncio.run(purge(home))


async def _back_up(home: Home, secrets: Secrets) -> BackedUp:
    address = await start_postgres(home, secrets)
    reporter = ConsoleReporter(Console(quiet=True))
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE goods AS SELECT generate_series(1, 100) AS id")
    await take_backup(home, secrets, "full", reporter)
    await connection.execute("INSERT INTO goods SELECT generate_series(101, 200)")
    await take_backup(home, secrets, "incr", reporter)
    await connection.execute("INSERT INTO goods SELECT generate_series(201, 300)")
    await connection.execute("SELECT pg_switch_wal()")
    moment = await connection.fetchval("SELECT clock_timestamp()")
    await connection.execute("DELETE FROM goods")
    # What was deleted is committed before its segment ends, so that it is in the archive.
    segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    await poll(lambda: _is_archived(connection, segment))
    await connection.close()
    return BackedUp(home, secrets, address, moment)


async def _is_archived(connection: "asyncpg.Connection", segment: str) -> bool:
    newest: str | None = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
    return newest is not None and newest >= segment


def test_a_flipped_byte_is_named_and_nothing_is_touched(backed_up: BackedUp) -> None:
    """What comes back must be what was written; the cluster that is there goes on as it was."""
    bucket, key = backed_up.bucket(), backed_up.key_with("/bundle/1")
    whole = bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    middle = len(whole) // 2
    bucket.put_object(Bucket=BUCKET, Key=key, Body=whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])

    with pytest.raises(BackupDamaged, match="pgbackrest restore"):
        backed_up.restore()

    bucket.put_object(Bucket=BUCKET, Key=key, Body=whole)
    assert backed_up.rows() == 0


def test_a_missing_wal_segment_is_named_and_nothing_is_touched(backed_up: BackedUp) -> None:
    """PostgreSQL alone would take the gap for the end of the archive, and come back with less without a word."""
    bucket, newest = backed_up.bucket(), backed_up.key_with("archive/cartwheel/15-1/0000000100000000/")
    last = newest.rpartition("/")[2][:24]
    gap = f"{last[:16]}{int(last[16:], 16) - 1:08X}"
    key = backed_up.key_with(f"/{gap}-")
    whole = bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    bucket.delete_object(Bucket=BUCKET, Key=key)

    with pytest.raises(BackupDamaged, match=f"{gap} is missing"):
        backed_up.restore()

    bucket.put_object(Bucket=BUCKET, Key=key, Body=whole)
    assert backed_up.rows() == 0


def test_another_key_reads_nothing_and_archiving_keeps_its_own(
    backed_up: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was mistyped for a restore says so, and does not reach what PostgreSQL archives with."""
    archiving = (backed_up.home_directory / "pgbackrest.conf").read_text()
    monkeypatch.setenv("BACKUP_CIPHER_KEY", "another")

    with pytest.raises(BackupDamaged, match="BACKUP_CIPHER_KEY"):
        backed_up.restore()

    assert (backed_up.home_directory / "pgbackrest.conf").read_text() == archiving


def test_a_moment_before_the_first_backup_cannot_be_had(backed_up: BackedUp) -> None:
    """The answer says which backups there are."""
    with pytest.raises(MomentUnreachable, match=r"there is no backup that ended before 2020.*F"):
        backed_up.restore(datetime(2020, 1, 1, tzinfo=UTC))


def test_a_lost_data_directory_comes_back_as_it_was_at_a_moment(backed_up: BackedUp) -> None:
    """Rows of full backup, incremental backup and WAL alone are there; what was deleted later is there again."""
    asyncio.run(stop(backed_up.home, load_running(backed_up.home)["postgres"]))

    restored = backed_up.restore(backed_up.before_delete)

    assert restored.replaced is not None
    assert backed_up.rows() == 300


def test_nothing_is_archived_once_the_stand_in_has_ended(home: Home, secrets: Secrets) -> None:
    """WAL that nobody takes would fill the disk; a restore says that there is nothing."""
    address = asyncio.run(start_postgres(home, secrets))
    assert address
    data = next(place for place in (home.run / "postgres", home.outside / "postgres") if place.exists())
    (data / ARCHIVING).write_text("archive_command = 'false'\n")

    asyncio.run(down(home))

    assert not (data / ARCHIVING).exists()
    with pytest.raises(BackupsUnavailable, match="has no backups"):
        asyncio.run(restore(home, secrets, Target(), ConsoleReporter(Console(quiet=True))))


def test_a_gap_in_a_timeline_is_found_among_the_archived_segments() -> None:
    """Each timeline is judged by itself, over the end of a log of 256 segments too; other files are no segments."""
    digest = "0" * 40
    names = ("0000000100000000000000FE", "000000010000000100000000", "000000020000000100000000")
    files = [f"15-1/{name[:16]}/{name}-{digest}.zst" for name in names]

    assert missing_segments([*files, "15-1/00000002.history"]) == ["0000000100000000000000FF"]


def test_what_verify_counts_is_read_as_a_line_for_each_fault() -> None:
    """The subject is on the line above its counts; counts of 0 are no fault."""
    answer = """stanza: cartwheel
status: error
  archiveId: 15-1, total WAL checked: 8, total valid WAL: 8
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261128-160334F, status: invalid, total files checked: 967, total valid files: 966
    missing: 1, checksum invalid: 0, size invalid: 2, other: 0
"""

    assert read_faults(answer) == ["backup: 20261128-160334F: missing 1, size invalid 2"]
    assert read_faults("stanza: cartwheel\nstatus: ok\n") == []
