"""The three servers that every test and every service needs, and who provides them.

In this order (architecture.md, "Local, one machine, many machines"): an address given in the environment is used and
never touched; Docker Compose where an engine answers; else processes of the stack's own.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cartwheel_local.files import read_json
from cartwheel_local.home import Home
from cartwheel_local.postgres import start_postgres
from cartwheel_local.processes import stop_all, stop_strays
from cartwheel_local.rabbitmq import start_rabbitmq
from cartwheel_local.redis import start_redis
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.state import only_one

Starter = Callable[[Home, Secrets], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of running servers; PostgreSQL's is a superuser's, for making databases."""

    postgres_url: str
    redis_url: str
    rabbitmq_url: str


def start(home: Path) -> Servers:
    """Start the servers of the home at this path, unless they run, and return when each accepts connections.

    Blocks: call it outside an event loop, or in a thread. Raises StepFailed with the log of what did not start.
    """
    return asyncio.run(_start(Home.at(home)))


def stop(home: Path) -> None:
    """End every process of the home at this path; a server given in the environment goes on."""
    asyncio.run(_stop(Home.at(home)))


async def start_servers(home: Home, secrets: Secrets) -> Servers:
    """Start what the environment does not give; the caller holds the home's lock."""
    postgres, redis, rabbitmq = await asyncio.gather(
        _given_or_started(home, secrets, "POSTGRES_URL", start_postgres),
        _given_or_started(home, secrets, "REDIS_URL", start_redis),
        _given_or_started(home, secrets, "RABBITMQ_URL", start_rabbitmq),
    )
    return Servers(postgres, redis, rabbitmq)


async def _given_or_started(home: Home, secrets: Secrets, variable: str, starter: Starter) -> str:
    address = os.environ.get(variable)
    if address and not _is_own(home, address):
        return address
    return await starter(home, secrets)


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
