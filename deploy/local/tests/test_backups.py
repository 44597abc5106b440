"""Backups of a real PostgreSQL: restored they bring back what there was, damaged they touch nothing."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from cartwheel_local.backups.errors import BackupDamaged, BackupsUnavailable, MomentUnreachable, RestoreRefused
from cartwheel_local.backups.recovering import Target
from cartwheel_local.backups.restoring import restore
from cartwheel_local.backups.restoring_alone import exchange_names, manifest_alone
from cartwheel_local.cli import app
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.services import MANIFESTS
from cartwheel_local.stack import down
from localservers.home import REPOSITORY, Home
from localservers.postgres import ARCHIVING, start_postgres
from localservers.processes import stop
from localservers.state import load_running
from rich.console import Console
from typer.testing import CliRunner

from .backed_up import BUCKET, DATABASE, OWNERS, BackedUp, back_up, home_in_memory


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackedUp]:
    """PostgreSQL alone, backed up; ended whatever happens."""
    with home_in_memory(tmp_path_factory.mktemp("backups")) as home:
        yield asyncio.run(back_up(home, load_secrets(home)))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that nobody else has."""
    with home_in_memory(tmp_path) as home:
        yield home


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


def test_a_dry_run_of_one_database_leaves_nothing(backed_up: BackedUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its command: it is restored, copied and compared, and all of that is thrown away."""
    monkeypatch.setenv("CARTWHEEL_HOME", str(backed_up.home.path))

    done = CliRunner().invoke(app, ["restore", "--only", "analytics", "--dry-run"])

    assert done.exit_code == 0, done.output
    assert f"database {DATABASE}: 10 rows in 2 tables. Nothing was changed." in done.output
    assert backed_up.counts(DATABASE) == 10
    assert backed_up.databases() == {DATABASE, "postgres"}


def test_a_database_that_was_dropped_comes_back(backed_up: BackedUp) -> None:
    """There is nothing to keep then."""
    backed_up.run(lambda connection: connection.execute("CREATE DATABASE gone_restoring"))

    replaced = asyncio.run(exchange_names(backed_up.address, "gone"))

    assert replaced is None
    assert backed_up.databases() == {DATABASE, "gone", "postgres"}
    backed_up.run(lambda connection: connection.execute("DROP DATABASE gone"))


def test_an_exchange_that_fails_leaves_what_was_there(backed_up: BackedUp) -> None:
    """Here the copy is missing: the service's database has its name, and lets connections in."""
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        asyncio.run(exchange_names(backed_up.address, DATABASE))

    assert backed_up.counts(DATABASE) == 10


def test_one_database_goes_back_alone(backed_up: BackedUp) -> None:
    """Its rows and columns are those of the moment; the other database keeps what came since, and nothing is lost.

    Whoever is connected to it is cut off, and what was there can still be read.
    """
    restored = backed_up.restore_alone(backed_up.before_delete)

    assert restored.replaced == f"{DATABASE}_before_restore"
    assert (backed_up.counts(DATABASE), backed_up.counts(restored.replaced)) == (100, 10)
    assert backed_up.rows() == 0
    assert backed_up.databases() == {DATABASE, f"{DATABASE}_before_restore", "postgres"}
    assert backed_up.run(lambda connection: connection.fetchval(OWNERS), DATABASE) == [DATABASE]


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("cart", "cart cannot go back alone"),
        ("pricing", "only analytics, recovery, upsell"),
        ("shop", "no service shop"),
    ],
)
def test_a_service_that_others_keep_versions_of_does_not_go_back_alone(service: str, reason: str) -> None:
    """Before anything is read or started (docs/adr/0037)."""
    with pytest.raises(RestoreRefused, match=reason):
        manifest_alone(service)


def test_the_runbook_says_of_each_service_whether_it_goes_back_alone() -> None:
    """The table of docs/operations/backup.md, by the services' manifests."""
    text = (REPOSITORY / "docs/operations/backup.md").read_text()

    said = dict(re.findall(r"^\| ([a-z]+) \| (yes|no) \|", text, re.MULTILINE))

    assert said == {manifest.name: "yes" if manifest.restored_alone else "no" for manifest in MANIFESTS}


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
