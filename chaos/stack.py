"""A whole stack of the drill's own, with a wire before each server and upstream, empty at first and gone at the end."""

import os
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.stack import down, purge, up
from localservers.home import REPOSITORY, Home
from localservers.postgres import STANDBY
from localservers.servers import Starter
from localservers.state import only_one
from servicekit.testing.proxies import Wire, wired

from chaos.between import Between, OpenBetween, wired_upstreams
from chaos.servers import Servers, as_addresses, start_servers

HOME: Final = REPOSITORY / ".local" / "chaos"
HOLD_SECONDS: Final = "20"
"""Holds that end during a run."""


@dataclass(frozen=True, slots=True)
class Stack:
    """`home` has the services, `servers_home` PostgreSQL, Redis and RabbitMQ, which services reach by wires."""

    home: Home
    servers_home: Home
    servers: Servers


@asynccontextmanager
async def running_stack(
    reporter: ConsoleReporter, starters: Mapping[str, Starter], open_between: OpenBetween = wired_upstreams
) -> AsyncGenerator[Stack]:
    """Start a stack without any data; afterwards every process is ended, whatever happens, and logs stay."""
    homes = [HOME / "stack", HOME / "servers"]
    for path in homes:
        await purge(Home.at(path))
    home, servers_home = (Home.at(path) for path in homes)
    try:
        async with AsyncExitStack() as resources:
            async with only_one(servers_home):
                with reporter.step(f"{len(starters)} servers"):
                    urls = await start_servers(servers_home, starters)
            wires: dict[str, Wire] = {}
            ways: dict[str, str] = {}
            for name, url in urls.items():
                wires[name], ways[name] = await resources.enter_async_context(wired(url))
            between = await resources.enter_async_context(open_between(home))
            with _environment(as_addresses(ways)):
                await up(home, reporter, between.launcher)
            yield Stack(home, servers_home, _servers(urls, wires, between))
    finally:
        await down(home)
        await down(servers_home)


def _servers(urls: Mapping[str, str], wires: Mapping[str, Wire], between: Between) -> Servers:
    addresses = as_addresses(urls)
    return Servers(
        postgres_url=addresses["postgres"],
        redis_url=urls["redis"],
        rabbitmq_url=urls["rabbitmq"],
        brokers=[name for name in urls if name.startswith("rabbitmq")],
        postgres={name: urls[name] for name in ("postgres", STANDBY) if STANDBY in urls},
        wires=wires,
        upstreams=between.wires,
    )


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
