"""What runs in a home, and who may change it now."""

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from localservers.errors import StackBusy
from localservers.files import read_json, write_whole
from localservers.home import Home

LOCK_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Running:
    """A process that the stack started.

    A pid alone proves nothing, it may have been given to somebody else since: pid and `create_time` together do.
    `fingerprint` changes with the command or its environment. The highest `stage` is stopped first.
    """

    name: str
    pid: int
    create_time: float
    port: int | None
    fingerprint: str
    stage: int = 0
    stop_signal: int = signal.SIGTERM


def load_running(home: Home) -> dict[str, Running]:
    """Return what the state file says was started, whether or not it still lives."""
    return {name: Running(**entry) for name, entry in read_json(home.state_file).items()}


def remember(home: Home, process: Running) -> None:
    """Add or replace a process in the state file."""
    _save(home, load_running(home) | {process.name: process})


def forget(home: Home, name: str) -> None:
    """Take a process out of the state file; one that is not there is no error."""
    _save(home, {other: process for other, process in load_running(home).items() if other != name})


def _save(home: Home, running: dict[str, Running]) -> None:
    entries = {name: asdict(process) for name, process in sorted(running.items())}
    write_whole(home.state_file, json.dumps(entries, indent=2))


@asynccontextmanager
async def only_one(home: Home, *, wait_seconds: float = LOCK_SECONDS) -> AsyncIterator[None]:
    """Hold the home's lock, waiting for whoever has it; the kernel frees it when its holder dies.

    Raises StackBusy after `wait_seconds`.
    """
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _lock(descriptor, home, wait_seconds)
        yield
    finally:
        os.close(descriptor)


async def _lock(descriptor: int, home: Home, wait_seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if asyncio.get_running_loop().time() > deadline:
                raise StackBusy(f"another command has been changing {home.path} for {wait_seconds:.0f} s") from None
            await asyncio.sleep(0.1)
        else:
            return
