"""A cluster restored from the bucket beside the one that is there: recovered, judged, and deleted at the end."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.owners import data_directory
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.postgres import SUPERUSER
from localservers.processes import Spec, spawn, stop
from localservers.readiness import until_ready
from localservers.state import Running

from cartwheel_local.backups.catalogue import SEGMENT_BYTES, Backup, Catalogue, segment_name, segment_number
from cartwheel_local.backups.errors import BackupDamaged
from cartwheel_local.backups.pgbackrest import PgBackRest
from cartwheel_local.backups.taking import open_backups
from cartwheel_local.console_reporter import ConsoleReporter, last_lines
from cartwheel_local.secrets import Secrets

RESTORING = "postgres-restoring"
RECOVERY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Target:
    """What to restore: the newest that the archive has, or a moment; from the fitting backup, or from this one."""

    moment: datetime | None = None
    label: str | None = None

    @property
    def options(self) -> Sequence[str]:
        """pgBackRest's options for it."""
        if self.moment is None:
            return ()
        return ("--type=time", f"--target={self.moment:%Y-%m-%d %H:%M:%S.%f%z}", "--target-action=promote")


@dataclass(frozen=True, slots=True)
class RestoredFiles:
    """A data directory as the bucket had it; PostgreSQL has not replayed WAL in it yet."""

    program: PgBackRest
    place: Path
    target: Target
    catalogue: Catalogue
    backup: Backup


@dataclass(frozen=True, slots=True)
class RecoveredCluster:
    """A restored PostgreSQL that takes writes and was judged; `address` is its superuser's, for as long as it runs.

    `last_commit` is when the newest transaction that came back was committed (None: the backup itself had all).
    """

    address: str
    last_commit: datetime | None
    databases: Sequence[str]


@asynccontextmanager
async def restored_files(
    home: Home, secrets: Secrets, target: Target, reporter: ConsoleReporter
) -> AsyncIterator[RestoredFiles]:
    """Restore a data directory from the backup that reaches the target; what is left of it at the end is deleted.

    Raises BackupsUnavailable, MomentUnreachable or BackupDamaged.
    """
    program = await open_backups(home, secrets, start=False)
    with reporter.step("What the bucket has"):
        catalogue = await asyncio.to_thread(program.catalogue)
        backup = catalogue.reaching(target.moment, target.label)
    place = _emptied(data_directory(home, RESTORING, program.owner))
    try:
        with reporter.step(f"Restore of {backup.label}"):
            options = (f"--pg1-path={place}", f"--set={backup.label}", *target.options)
            await asyncio.to_thread(program.run, "restore", *options)
        yield RestoredFiles(program, place, target, catalogue, backup)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@asynccontextmanager
async def recovered_cluster(files: RestoredFiles, reporter: ConsoleReporter) -> AsyncIterator[RecoveredCluster]:
    """Let a PostgreSQL of its own replay WAL in these files until it takes writes, judge it, and stop it at the end.

    Raises BackupDamaged when it does not reach the target, or less than the archive has.
    """
    home, secrets, place = files.program.home, files.program.secrets, files.place
    port = reserve_port(home, RESTORING)
    command = [str(find_program("postgres")), "-D", str(place), "-c", f"config_file={place / 'postgresql.conf'}"]
    # What its new timeline begins with is archived once it has taken its place, not before.
    command += ["-c", f"port={port}", "-c", "archive_command="]
    home.log(RESTORING).unlink(missing_ok=True)
    process = spawn(home, secrets, Spec(RESTORING, command, cwd=place, port=port, owner=files.program.owner, stage=1))
    try:
        address = f"postgresql://{SUPERUSER}:{secrets.postgres_password}@127.0.0.1:{port}/postgres"
        with reporter.step("Recovery from archived WAL"):
            await _until_recovered(home, process, address)
            recovered = await _judge(address, files)
        yield recovered
    finally:
        await stop(home, process)


async def _until_recovered(home: Home, process: Running, address: str) -> None:
    async def recovered() -> None:
        try:
            connection = await asyncpg.connect(address, timeout=5)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as starting:
            raise ConnectionRefusedError(str(starting)) from starting
        try:
            if await connection.fetchval("SELECT pg_is_in_recovery()"):
                raise ConnectionRefusedError("it is still replaying WAL")
        finally:
            await connection.close()

    try:
        await until_ready(home, process, recovered, seconds=RECOVERY_SECONDS)
    except StepFailed as failure:
        said = _last_fatal(home.log(RESTORING))
        raise BackupDamaged(
            f"recovery did not get there: {said} (is a WAL segment missing? `cartwheel-local backup verify` names it)"
        ) from failure


async def _judge(address: str, files: RestoredFiles) -> RecoveredCluster:
    connection = await asyncpg.connect(address)
    try:
        if files.target.moment is None:
            replayed = await connection.fetchval("SELECT pg_last_wal_replay_lsn() - '0/0'")
            _judge_end(files.catalogue.newest_segment, replayed)
        last_commit = await connection.fetchval("SELECT pg_last_xact_replay_timestamp()")
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname")
    finally:
        await connection.close()
    return RecoveredCluster(address, last_commit, [row["datname"] for row in rows])


def _judge_end(newest_segment: str | None, replayed: int | None) -> None:
    """Raise BackupDamaged unless all that was archived was replayed: PostgreSQL ends quietly at the first gap."""
    if newest_segment is None or replayed is None:
        return
    reached = int(replayed) // SEGMENT_BYTES
    if reached < segment_number(newest_segment):
        missing = segment_name(newest_segment[:8], reached)
        raise BackupDamaged(
            f"the archive has a gap: WAL segment {missing} is missing or damaged, though there is {newest_segment}; "
            "`--to` a moment before the gap is what can be had"
        )


def _emptied(place: Path) -> Path:
    for leftover in place.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    return place


def _last_fatal(log: Path) -> str:
    """What PostgreSQL said last: its FATAL line, and what came before it about the archive."""
    said = [line.split(": ", 1)[-1].strip() for line in last_lines(log, 200) if "FATAL:" in line or "PANIC:" in line]
    return said[-1] if said else f"see {log}"
