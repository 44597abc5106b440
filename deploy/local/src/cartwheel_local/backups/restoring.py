"""Restoring every database: the cluster that is there is exchanged for one that was restored beside it and judged."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from localservers.home import Home
from localservers.postgres import NAME as POSTGRES
from localservers.postgres import start_postgres
from localservers.processes import stop
from localservers.state import load_running

from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.pgbackrest import PgBackRest
from cartwheel_local.backups.recovering import Target, recovered_cluster, restored_files
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets

BEFORE = "postgres-before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """`last_commit` is when the newest transaction that came back was committed (None: the backup itself had all)."""

    backup: Backup
    last_commit: datetime | None
    databases: Sequence[str]
    replaced: Path | None

    @property
    def extent(self) -> str:
        """What came back."""
        return f"databases: {', '.join(self.databases)}"


async def restore(
    home: Home, secrets: Secrets, target: Target, reporter: ConsoleReporter, *, exchange: bool = True
) -> Restored:
    """Bring PostgreSQL back to the target, and start it again; the services stay down.

    The cluster that is there is kept as it is until the restored one has recovered and was judged; afterwards it stays
    beside it, until the next restore. Without `exchange` it is not touched at all. The caller holds the home's lock.
    Raises BackupsUnavailable, MomentUnreachable or BackupDamaged.
    """
    async with restored_files(home, secrets, target, reporter) as files:
        async with recovered_cluster(files, reporter) as cluster:
            pass
        replaced = None
        if exchange:
            with reporter.step("Exchange"):
                await _stop_users(home)
                replaced = await asyncio.to_thread(_exchange, files.program, files.place)
                await start_postgres(home, secrets)
    return Restored(files.backup, cluster.last_commit, cluster.databases, replaced)


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
