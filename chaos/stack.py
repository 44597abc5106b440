"""A whole stack of the drill's own, with a wire before each server, empty at the start and gone at the end."""

import os
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.stack import down, purge, up
from localservers.home import REPOSITORY, Home
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.servers import start_processes
from localservers.state import only_one
from servicekit.testing.proxies import Wire, wired

from chaos.processes import SERVERS

HOME: Final = REPOSITORY / ".local" / "chaos"
HOLD_SECONDS: Final = "20"
"""Holds that end during a run."""


@dataclass(frozen=True, slots=True)
class Stack:
    """`home` has the services, `servers` the home of PostgreSQL, Redis and RabbitMQ, which services reach by wires."""

    home: Home
    servers: Home
    postgres_url: str
    """Past its wire."""
    redis_url: str
    """Past its wire."""
    wires: Mapping[str, Wire]


@asynccontextmanager
async def running_stack(reporter: ConsoleReporter) -> AsyncGenerator[Stack]:
    """Start a stack without any data; afterwards every process is ended, whatever happens, and logs stay."""
    homes = [HOME / "stack", HOME / "servers"]
    for path in homes:
        await purge(Home.at(path))
    home, servers = (Home.at(path) for path in homes)
    try:
        async with AsyncExitStack() as resources:
            async with only_one(servers):
                with reporter.step("PostgreSQL, Redis and RabbitMQ"):
                    urls = await start_processes(servers, keep_secrets(servers, ServerSecrets), SERVERS)
            wires, ways = {}, {}
            for name, url in urls.items():
                wires[name], ways[name] = await resources.enter_async_context(wired(url))
            with _environment(ways):
                await up(home, reporter)
            yield Stack(home, servers, urls["postgres"], urls["redis"], wires)
    finally:
        await down(home)
        await down(servers)


@contextmanager
def _environment(urls: Mapping[str, str]) -> Generator[None]:
    """The addresses of servers and the settings that `up` takes from the environment, for the length of a block."""
    given = {f"{name.upper()}_URL": url for name, url in urls.items()}
    given |= {"INVENTORY_HOLD_DURATION_SECONDS": HOLD_SECONDS}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
