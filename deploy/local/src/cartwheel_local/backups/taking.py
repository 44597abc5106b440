"""Taking a backup: archiving turned on, the bucket made ready, then a full or an incremental backup."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from localservers.files import write_whole
from localservers.home import Home
from localservers.owners import unprivileged_owner
from localservers.postgres import ARCHIVING, start_postgres
from localservers.postgres import NAME as POSTGRES
from localservers.processes import is_alive
from localservers.servers import given_addresses
from localservers.state import load_running

from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.errors import BackupDamaged, BackupsUnavailable
from cartwheel_local.backups.installing import install_pgbackrest
from cartwheel_local.backups.pgbackrest import PgBackRest, pgbackrest_directory
from cartwheel_local.backups.store import given_store, start_store, store_runs
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was taken, and all that the bucket holds now."""

    backup: Backup
    kept: Sequence[Backup]


async def open_backups(home: Home, secrets: Secrets, *, start: bool) -> PgBackRest:
    """Return pgBackRest, configured for the bucket of this home.

    `start` starts the stand-in where no bucket is named; without it BackupsUnavailable is raised when it does not run.
    """
    install_pgbackrest(home)
    directory = pgbackrest_directory(home)
    store = given_store(secrets)
    if store is None and not start and not store_runs(home):
        raise BackupsUnavailable(
            f"{home.path} has no backups: BACKUP_S3_ENDPOINT names no bucket, and the stand-in, which keeps backups "
            "for as long as it runs, does not run"
        )
    store = store or await start_store(home, secrets, directory)
    # A wrong setting given to a reading command must not reach the file that archiving goes by.
    configuration = directory / ("pgbackrest.conf" if start else "reading.conf")
    program = PgBackRest(home, secrets, store, directory, configuration, unprivileged_owner())
    program.configure()
    return program


async def take_backup(home: Home, secrets: Secrets, kind: str, reporter: ConsoleReporter) -> Taken:
    """Take a backup ("full" or "incr") of the running PostgreSQL; the services go on meanwhile.

    The first one of a home also turns on WAL archiving. Without a full backup an incremental one is full. The caller
    holds the home's lock. Raises BackupsUnavailable or BackupDamaged.
    """
    address = await running_postgres(home, secrets)
    with reporter.step("Bucket"):
        program = await open_backups(home, secrets, start=True)
    with reporter.step("WAL archiving"):
        await asyncio.to_thread(program.run, "stanza-create", address=address)
        await _archive(program, address)
        await asyncio.to_thread(program.run, "check", address=address)
    with reporter.step("Full backup" if kind == "full" else "Incremental backup"):
        await asyncio.to_thread(program.run, "backup", f"--type={kind}", address=address)
    kept = (await asyncio.to_thread(program.catalogue)).backups
    if kept[-1].has_errors:
        raise BackupDamaged(f"backup {kept[-1].label} has pages that PostgreSQL itself had damaged")
    return Taken(kept[-1], kept)


async def running_postgres(home: Home, secrets: Secrets) -> str:
    """Return the superuser's address of the home's own PostgreSQL; raises BackupsUnavailable unless it runs."""
    running = load_running(home).get(POSTGRES)
    if POSTGRES in given_addresses(home) or running is None or not is_alive(running):
        raise BackupsUnavailable(f"no PostgreSQL of its own runs in {home.path}: run `make up`")
    return await start_postgres(home, secrets)


def stop_archiving(home: Home) -> None:
    """Turn archiving off from PostgreSQL's next start on, when the bucket was the stand-in, which `down` ends."""
    if not os.environ.get("BACKUP_S3_ENDPOINT"):
        for directory in (home.run / POSTGRES, home.outside / POSTGRES):
            (directory / ARCHIVING).unlink(missing_ok=True)


async def _archive(program: PgBackRest, address: str) -> None:
    write_whole(program.data / ARCHIVING, program.archiving())
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
