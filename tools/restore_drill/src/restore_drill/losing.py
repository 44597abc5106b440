"""Losing data: PostgreSQL is killed and its data directory deleted, or the rows of one database are."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

import asyncpg
import psutil
from localservers.home import Home
from localservers.owners import data_directory, unprivileged_owner
from localservers.postgres import NAME
from localservers.processes import stop
from localservers.state import load_running

from restore_drill.ledger import now

_TABLES = """
SELECT string_agg(format('%I', relname), ', ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname NOT IN ('audit_log', 'alembic_version')
"""


async def lose_postgres(home: Home) -> datetime:
    """Kill every process of the home's PostgreSQL and delete its data; return when."""
    running = load_running(home)[NAME]
    server = psutil.Process(running.pid)
    for process in (server, *server.children(recursive=True)):
        process.kill()
    lost = now()
    await stop(home, running)
    await asyncio.to_thread(_empty, data_directory(home, NAME, unprivileged_owner()))
    return lost


async def empty_tables(address: str) -> None:
    """Delete the rows of every table of a database, apart from the audit log, which refuses."""
    connection = await asyncpg.connect(address)
    try:
        tables = await connection.fetchval(_TABLES)
        await connection.execute(f"TRUNCATE {tables} CASCADE")
    finally:
        await connection.close()


def _empty(data: Path) -> None:
    for entry in data.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
