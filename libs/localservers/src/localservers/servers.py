"""The three servers that every test and every service needs, as processes of one home.

A server whose address is in the environment (POSTGRES_URL, REDIS_URL, RABBITMQ_URL) is used and never touched.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from localservers.concurrency import at_once
from localservers.files import read_json
from localservers.home import Home
from localservers.postgres import start_postgres
from localservers.processes import stop_all, stop_strays
from localservers.rabbitmq import start_rabbitmq
from localservers.redis import start_redis
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.state import only_one

Starter = Callable[[Home, ServerSecrets], Awaitable[str]]
Step = Callable[[str], AbstractContextManager[None]]
"""Entered with a title while one server starts: for whoever shows progress."""

STARTERS: dict[str, tuple[str, Starter]] = {
    "postgres": ("PostgreSQL", start_postgres),
    "redis": ("Redis", start_redis),
    "rabbitmq": ("RabbitMQ", start_rabbitmq),
}
"""Title and starter by name; the address in the environment is the name in capitals with _URL."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of running servers; PostgreSQL's role is a superuser, to make databases and roles."""

    postgres_url: str
    redis_url: str
    rabbitmq_url: str


def start(home: Path, *, volatile: bool = False) -> Servers:
    """Start the servers of the home at this path, unless they run, and return when each accepts connections.

    `volatile` is for tests: PostgreSQL's data need not outlast a crash of the machine. Blocks: call it outside an event
    loop, or in a thread. Raises StepFailed with the log of what did not start.
    """
    return asyncio.run(_start(Home.volatile_at(home) if volatile else Home.at(home)))


def stop(home: Path) -> None:
    """End every process of the home at this path; a server given in the environment goes on."""
    asyncio.run(_stop(Home.at(home)))


def unseen(_: str) -> AbstractContextManager[None]:
    """Show nothing of a step."""
    return nullcontext()


def given_addresses(home: Home) -> Mapping[str, str]:
    """Return the addresses in the environment by server's name, without the home's own.

    Whoever sourced a file of this home's addresses has those in the environment.
    """
    given = {name: os.environ.get(f"{name.upper()}_URL") for name in STARTERS}
    return {name: address for name, address in given.items() if address and not _is_own(home, address)}


async def start_processes(
    home: Home, secrets: ServerSecrets, names: Sequence[str], step: Step = unseen
) -> Mapping[str, str]:
    """Start these servers at once and return their addresses by name; the caller holds the home's lock."""

    async def start_one(name: str) -> str:
        title, starter = STARTERS[name]
        with step(title):
            return await starter(home, secrets)

    async with at_once() as group:
        tasks = {name: group.create_task(start_one(name)) for name in names}
    return {name: task.result() for name, task in tasks.items()}


def servers_at(addresses: Mapping[str, str]) -> Servers:
    """Return the three addresses, given by server's name."""
    return Servers(addresses["postgres"], addresses["redis"], addresses["rabbitmq"])


def _is_own(home: Home, address: str) -> bool:
    hosts = urlsplit(address).netloc.rpartition("@")[2].split(",")
    own = {f"127.0.0.1:{port}" for port in read_json(home.ports_file).values()}
    return any(host in own for host in hosts)


async def _start(home: Home) -> Servers:
    async with only_one(home):
        secrets = keep_secrets(home, ServerSecrets)
        await stop_strays(home, secrets)
        given = given_addresses(home)
        missing = [name for name in STARTERS if name not in given]
        return servers_at({**given, **await start_processes(home, secrets, missing)})


async def _stop(home: Home) -> None:
    async with only_one(home):
        await stop_all(home)
        await stop_strays(home, keep_secrets(home, ServerSecrets))
