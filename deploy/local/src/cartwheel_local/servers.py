"""The three servers that every test and every service needs, and who provides them.

In this order (architecture.md, "Local, one machine, many machines"): an address given in the environment is used and
never touched; Docker Compose where an engine answers; else processes of the stack's own.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cartwheel_local.concurrency import at_once
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
    """Start what the environment does not give; the caller holds the home's lock, `step` shows each one's progress."""

    async def provide(title: str, variable: str, starter: Starter) -> str:
        given = os.environ.get(variable)
        if given and not _is_own(home, given):
            return given
        with step(title):
            return await starter(home, secrets)

    async with at_once() as group:
        postgres = group.create_task(provide("PostgreSQL", "POSTGRES_URL", start_postgres))
        redis = group.create_task(provide("Redis", "REDIS_URL", start_redis))
        rabbitmq = group.create_task(provide("RabbitMQ", "RABBITMQ_URL", start_rabbitmq))
    return Servers(postgres.result(), redis.result(), rabbitmq.result())


def _is_own(home: Home, address: str) -> bool:
    """Tell a foreign address from our own, which is in the environment of whoever sourced `stack.env`."""
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
