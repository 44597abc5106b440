"""A whole stack of the benchmark's own, empty at the start and gone at the end."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.environment import Addresses
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.stack import purge, up
from localservers.home import REPOSITORY, Home
from localservers.processes import is_alive, stop
from localservers.state import load_running, only_one

HOME = REPOSITORY / ".local" / "bench"
API_ALONE = frozenset({"postgres", "redis", "gateway", "cart-api", "pricing-api"})
"""What adding, reading and codes need: no worker, no broker."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Where everything answers, and which process is which."""

    home: Home
    secrets: Secrets
    addresses: Addresses

    @property
    def api_url(self) -> str:
        """The cart service itself."""
        return self.addresses.services["cart"]

    @property
    def gateway_url(self) -> str:
        """The gateway in front of it."""
        return self.addresses.gateway_url

    def pids(self) -> dict[str, int]:
        """The pid of each process that runs, by name."""
        return {name: process.pid for name, process in load_running(self.home).items() if is_alive(process)}

    async def keep_only(self, names: Collection[str]) -> None:
        """Stop every process that is not named."""
        async with only_one(self.home):
            unwanted = [process for name, process in load_running(self.home).items() if name not in names]
            await asyncio.gather(*(stop(self.home, process) for process in unwanted))

    def database_url(self, service: str) -> str:
        """The address of a service's database, as the service itself has it."""
        name, place = f"cartwheel_{service}", urlsplit(self.addresses.servers.postgres_url)
        netloc = f"{name}:{self.secrets.service_password}@{place.hostname}:{place.port}"
        return urlunsplit(place._replace(netloc=netloc, path=f"/{name}"))

    @asynccontextmanager
    async def looking_into(self, service: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
        """A superuser's connection to a service's database, which sees every company's rows."""
        place = urlsplit(self.addresses.servers.postgres_url)
        connection = await asyncpg.connect(urlunsplit(place._replace(path=f"/cartwheel_{service}")))
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def running_stack(reporter: ConsoleReporter) -> AsyncGenerator[Stack]:
    """Start a stack without any data, and delete it with its data afterwards, whatever happens."""
    home = Home.at(HOME)
    await purge(home)
    home = Home.at(HOME)
    try:
        addresses = await up(home, reporter)
        yield Stack(home, load_secrets(home), addresses)
    finally:
        await purge(home)
