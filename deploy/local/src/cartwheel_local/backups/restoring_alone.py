"""Restoring one service's database, while every other service goes on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from localservers.home import Home
from localservers.processes import stop
from localservers.state import load_running
from manifests.model import Manifest

from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.copying import database_at, verified_copy
from cartwheel_local.backups.errors import RestoreRefused
from cartwheel_local.backups.recovering import Target, recovered_cluster, restored_files
from cartwheel_local.backups.taking import running_postgres
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import MANIFESTS

RESTORING = "{database}_restoring"
BEFORE = "{database}_before_restore"
_CUT_OFF = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1"


@dataclass(frozen=True, slots=True)
class RestoredAlone:
    """`rows` and `tables` came back; `replaced` is the database that keeps what was there, if something was."""

    backup: Backup
    last_commit: datetime | None
    database: str
    tables: int
    rows: int
    replaced: str | None

    @property
    def extent(self) -> str:
        """What came back."""
        return f"database {self.database}: {self.rows} rows in {self.tables} tables"


def manifest_alone(service: str) -> Manifest:
    """Return the service's manifest; raises RestoreRefused for one that is unknown, or may not go back alone."""
    alone = [manifest.name for manifest in MANIFESTS if manifest.restored_alone]
    manifest = next((manifest for manifest in MANIFESTS if manifest.name == service), None)
    if manifest is None:
        raise RestoreRefused(f"there is no service {service}: {', '.join(alone)} can be restored alone")
    if not manifest.restored_alone:
        raise RestoreRefused(
            f"{service} cannot go back alone: others know what it published in the lost time by versions that it would "
            f"use again, and would drop those. Restore all databases to one moment (without --only); only "
            f"{', '.join(alone)} can go back alone"
        )
    return manifest


async def restore_alone(
    home: Home,
    secrets: Secrets,
    target: Target,
    manifest: Manifest,
    reporter: ConsoleReporter,
    *,
    exchange: bool = True,
) -> RestoredAlone:
    """Bring one service's database back to the target; the service stays down, all others go on.

    The whole cluster is restored beside the one that runs, the one database copied from it under another name and
    compared row by row; only then is the service stopped and the names exchanged. What was there stays as a database
    until the next restore. Without `exchange` the copy is dropped. The caller holds the home's lock. Raises
    BackupsUnavailable, MomentUnreachable, BackupDamaged or RestoreRefused.
    """
    server = await running_postgres(home, secrets)
    database = manifest.database
    replaced = None
    async with (
        restored_files(home, secrets, target, reporter) as files,
        recovered_cluster(files, reporter) as cluster,
    ):
        if database not in cluster.databases:
            raise RestoreRefused(f"there was no {database} at that moment, but {', '.join(cluster.databases)}")
        source, beside = database_at(cluster.address, database), RESTORING.format(database=database)
        async with verified_copy(files.program, source, server, beside, database, reporter) as content:
            if exchange:
                with reporter.step("Exchange"):
                    await _stop_service(home, manifest.name)
                    replaced = await exchange_names(server, database)
    return RestoredAlone(files.backup, cluster.last_commit, database, len(content.tables), content.rows, replaced)


async def _stop_service(home: Home, service: str) -> None:
    processes = [process for name, process in load_running(home).items() if name.startswith(f"{service}-")]
    await asyncio.gather(*(stop(home, process) for process in processes))


async def exchange_names(server: str, database: str) -> str | None:
    """Give the copy the database's name, in one transaction; return what the one that was there is called now.

    Whoever is connected to it is cut off. When that fails, the one that was there goes on under its name.
    """
    before, beside = BEFORE.format(database=database), RESTORING.format(database=database)
    connection = await asyncpg.connect(server)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f'ALTER DATABASE "{beside}" RENAME TO "{database}"')
            return None
        await connection.execute(f'DROP DATABASE IF EXISTS "{before}" WITH (FORCE)')
        await connection.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        try:
            await connection.execute(_CUT_OFF, database)
            async with connection.transaction():
                await connection.execute(f'ALTER DATABASE "{database}" RENAME TO "{before}"')
                await connection.execute(f'ALTER DATABASE "{beside}" RENAME TO "{database}"')
        except asyncpg.PostgresError:
            await connection.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
            raise
        await connection.execute(f'ALTER DATABASE "{before}" ALLOW_CONNECTIONS true')
        return before
    finally:
        await connection.close()
