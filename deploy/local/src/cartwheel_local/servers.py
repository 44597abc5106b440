"""The three servers that every test and every service needs, and who provides them.

In this order (architecture.md, "Local, one machine, many machines"): an address given in the environment is used and
never touched; Docker Compose where an engine answers; else processes of the stack's own.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cartwheel_local import docker
from cartwheel_local.concurrency import at_once
from cartwheel_local.errors import StepFailed
from cartwheel_local.files import read_json
from cartwheel_local.home import Home
from cartwheel_local.postgres import start_postgres
from cartwheel_local.processes import stop_all, stop_strays
from cartwheel_local.rabbitmq import start_rabbitmq
from cartwheel_local.redis import start_redis
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.state import only_one

Starter = Callable[[Home, Secrets], Awaitable[str]]
Step = Callable[[str], AbstractContextManager[None]]

STARTERS: dict[str, tuple[str, Starter]] = {
    "postgres": ("PostgreSQL", start_postgres),
    "redis": ("Redis", start_redis),
    "rabbitmq": ("RabbitMQ", start_rabbitmq),
}
"""Title and starter by name; the address in the environment is the name in capitals with _URL."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of running servers; PostgreSQL's is a superuser's, for making databases."""

    postgres_url: str
    redis_url: str
    rabbitmq_url: str


def _unseen(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def start(home: Path) -> Servers:
    """Start the servers of the home at this path, unless they run, and return when each accepts connections.

    Blocks: call it outside an event loop, or in a thread. Raises StepFailed with the log of what did not start.
    """
    return asyncio.run(_start(Home.at(home)))


def stop(home: Path) -> None:
    """End every process of the home at this path; a server given in the environment goes on."""
    asyncio.run(_stop(Home.at(home)))


async def start_servers(home: Home, secrets: Secrets, step: Step = _unseen) -> Servers:
    """Start what the environment does not give; the caller holds the home's lock, `step` shows each one's progress.

    Where Docker answers but cannot bring the servers up, as without a way to its images, processes take their place.
    """
    given = {name: address for name in STARTERS if (address := _given(home, name))}
    missing = [name for name in STARTERS if name not in given]
    if bool(missing) and await asyncio.to_thread(docker.is_chosen, home):
        try:
            with step("Servers from Docker Compose"):
                started = await asyncio.to_thread(docker.start_in_docker, home, secrets, missing)
        except StepFailed:
            docker.stop_in_docker(home, secrets)
            started = await _start_processes(home, secrets, missing, step)
    else:
        started = await _start_processes(home, secrets, missing, step)
    addresses = given | started
    return Servers(addresses["postgres"], addresses["redis"], addresses["rabbitmq"])


async def _start_processes(home: Home, secrets: Secrets, names: Sequence[str], step: Step) -> dict[str, str]:
    async def start_one(name: str) -> str:
        title, starter = STARTERS[name]
        with step(title):
            return await starter(home, secrets)

    async with at_once() as group:
        tasks = {name: group.create_task(start_one(name)) for name in names}
    return {name: task.result() for name, task in tasks.items()}


def _given(home: Home, name: str) -> str | None:
    """Return the address in the environment, unless it is our own: whoever sourced `stack.env` has that there."""
    address = os.environ.get(f"{name.upper()}_URL")
    return None if address is None or _is_own(home, address) else address


def _is_own(home: Home, address: str) -> bool:
    parts = urlsplit(address)
    return parts.hostname == "127.0.0.1" and parts.port in read_json(home.ports_file).values()


async def _start(home: Home) -> Servers:
    async with only_one(home):
        secrets = load_secrets(home)
        await stop_strays(home, secrets)
        return await start_servers(home, secrets)


async def _stop(home: Home) -> None:
    async with only_one(home):
        await stop_all(home)
        await stop_strays(home, load_secrets(home))
        await asyncio.to_thread(docker.stop_in_docker, home, load_secrets(home))
