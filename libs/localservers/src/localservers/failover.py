"""PostgreSQL's failover: the standby takes over, and the primary that was lost comes back as its standby."""

import asyncio
import os
from pathlib import Path
from typing import Final

import asyncpg

from localservers.errors import StepFailed
from localservers.home import Home
from localservers.owners import Owner, data_directory, unprivileged_owner
from localservers.packages import find_program
from localservers.postgres import NAME, STANDBY, conninfo, password_of, start_postgres, start_standby
from localservers.processes import Spec, run_to_end
from localservers.readiness import until_ready
from localservers.secrets import ServerSecrets
from localservers.state import load_running

_START: Final = {NAME: start_postgres, STANDBY: start_standby}
_WAL_KEPT: Final = "1GB"
_STREAMING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"


async def promote(standby_url: str) -> None:
    """Make the standby the primary; whoever calls this has made sure that the old one is down and stays down.

    The checkpoint lets pg_rewind see that the history has parted.
    """
    connection = await asyncpg.connect(standby_url)
    try:
        await connection.execute("SELECT pg_promote(true, 60)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def rejoin(home: Home, secrets: ServerSecrets, lost: str, primary: str, primary_url: str) -> None:
    """Bring a primary that was lost back as a standby of the one that took over, and wait until it streams.

    What only the lost one had, and nobody was told was committed, is undone (pg_rewind). Raises StepFailed; what is in
    its directory is then good for nothing, and a new copy has to be made.
    """
    owner = unprivileged_owner()
    data = data_directory(home, lost, owner)
    _lend(data, owner)
    command = [str(find_program("pg_rewind")), "--target-pgdata", str(data), "--write-recovery-conf"]
    command += ["--source-server", conninfo(home, primary)]
    spec = Spec(lost, command, cwd=data, owner=owner, environment=password_of(secrets))
    if await asyncio.to_thread(run_to_end, home, secrets, spec):
        raise StepFailed(lost, "pg_rewind failed", home.log(lost))
    await _START[lost](home, secrets)
    await until_ready(home, load_running(home)[lost], lambda: _streams(primary_url))


async def make_synchronous(primary_url: str) -> None:
    """Let every commit of the primary wait for its standby from now on, and keep the WAL that pg_rewind reads.

    A primary that was killed recovers before it is rewound, and would recycle what lies before its last checkpoint:
    there the history that both have in common ends.
    """
    connection = await asyncpg.connect(primary_url)
    try:
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await connection.execute(f"ALTER SYSTEM SET wal_keep_size = '{_WAL_KEPT}'")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def _lend(data: Path, owner: Owner | None) -> None:
    """Give the files that we have put there to the account that rewinds, which writes every file anew."""
    for file in data.iterdir():
        if owner and file.is_file():
            os.chown(file, owner.uid, owner.gid)


async def _streams(primary_url: str) -> None:
    connection = await asyncpg.connect(primary_url, timeout=5)
    try:
        if not await connection.fetchval(_STREAMING):
            raise ConnectionError("no standby streams")
    finally:
        await connection.close()
