"""Losing PostgreSQL: its processes are killed and its data directory is deleted."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

import psutil
from localservers.home import Home
from localservers.owners import data_directory, unprivileged_owner
from localservers.postgres import NAME
from localservers.processes import stop
from localservers.state import load_running

from restore_drill.ledger import now


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


def _empty(data: Path) -> None:
    for entry in data.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
