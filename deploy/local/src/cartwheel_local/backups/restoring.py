"""Restoring: a whole cluster is made beside the one that is there, judged, and only then put in its place."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.owners import data_directory
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.postgres import NAME as POSTGRES
from localservers.postgres import SUPERUSER, start_postgres
from localservers.processes import Spec, spawn, stop
from localservers.readiness import until_ready
from localservers.state import Running, load_running

from cartwheel_local.backups.catalogue import SEGMENT_BYTES, Backup, Catalogue, segment_name, segment_number
from cartwheel_local.backups.errors import BackupDamaged
from cartwheel_local.backups.pgbackrest import PgBackRest
from cartwheel_local.backups.taking import open_backups
from cartwheel_local.console_reporter import ConsoleReporter, last_lines
from cartwheel_local.secrets import Secrets

RESTORING = "postgres-restoring"
BEFORE = "postgres-before-restore"
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
class Restored:
    """`last_commit` is when the newest transaction that came back was committed (None: the backup itself had all)."""

    backup: Backup
    last_commit: datetime | None
    databases: Sequence[str]
    replaced: Path | None


async def restore(
    home: Home, secrets: Secrets, target: Target, reporter: ConsoleReporter, *, exchange: bool = True
) -> Restored:
    """Bring PostgreSQL back to the target, and start it again; the services stay down.

    The cluster that is there is kept as it is until the restored one has recovered and was judged; afterwards it stays
    beside it, until the next restore. Without `exchange` it is not touched at all. The caller holds the home's lock.
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
        with reporter.step("Recovery from archived WAL"):
            restored = await _recover(program, place, catalogue, target, backup)
        if not exchange:
            return restored
        with reporter.step("Exchange"):
            await _stop_users(home)
            replaced = await asyncio.to_thread(_exchange, program, place)
            await start_postgres(home, secrets)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return Restored(restored.backup, restored.last_commit, restored.databases, replaced)


async def _recover(program: PgBackRest, place: Path, catalogue: Catalogue, target: Target, backup: Backup) -> Restored:
    """Let PostgreSQL replay WAL in `place`, on a port of its own, until it takes writes; judge it, and stop it."""
    home, secrets = program.home, program.secrets
    port = reserve_port(home, RESTORING)
    command = [str(find_program("postgres")), "-D", str(place), "-c", f"config_file={place / 'postgresql.conf'}"]
    # What its new timeline begins with is archived once it has taken its place, not before.
    command += ["-c", f"port={port}", "-c", "archive_command="]
    home.log(RESTORING).unlink(missing_ok=True)
    process = spawn(home, secrets, Spec(RESTORING, command, cwd=place, port=port, owner=program.owner, stage=1))
    try:
        address = f"postgresql://{SUPERUSER}:{secrets.postgres_password}@127.0.0.1:{port}/postgres"
        return await _judge(home, process, address, catalogue, target, backup)
    finally:
        await stop(home, process)


async def _judge(
    home: Home, process: Running, address: str, catalogue: Catalogue, target: Target, backup: Backup
) -> Restored:
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
    connection = await asyncpg.connect(address)
    try:
        if target.moment is None:
            _judge_end(catalogue.newest_segment, await connection.fetchval("SELECT pg_last_wal_replay_lsn() - '0/0'"))
        last_commit = await connection.fetchval("SELECT pg_last_xact_replay_timestamp()")
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname")
    finally:
        await connection.close()
    return Restored(backup, last_commit, [row["datname"] for row in rows], None)


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


async def _stop_users(home: Home) -> None:
    """Stop the services, then PostgreSQL; what else runs in the home goes on."""
    running = load_running(home).values()
    await asyncio.gather(*(stop(home, process) for process in running if process.stage > 1))
    await asyncio.gather(*(stop(home, process) for process in running if process.name == POSTGRES))


def _exchange(program: PgBackRest, place: Path) -> Path | None:
    """Put the restored cluster in the place of the one that is there; return where that one is, if there was one."""
    data = program.data
    kept = data.with_name(BEFORE)
    shutil.rmtree(kept, ignore_errors=True)
    was_there = any(data.iterdir())
    data.rename(kept)
    place.rename(data)
    return kept if was_there else None


def _emptied(place: Path) -> Path:
    for leftover in place.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    return place


def _last_fatal(log: Path) -> str:
    """What PostgreSQL said last: its FATAL line, and what came before it about the archive."""
    said = [line.split(": ", 1)[-1].strip() for line in last_lines(log, 200) if "FATAL:" in line or "PANIC:" in line]
    return said[-1] if said else f"see {log}"
