"""The whole running stack for the journeys: started once a session in a home of its own, and stopped at the end."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.stack import down, purge, up
from localservers.files import read_env
from localservers.home import REPOSITORY, Home
from localservers.ports import reserve_port
from localservers.processes import is_alive
from localservers.state import load_running
from simulator.tokens import Tokens

from .collector import collecting
from .shop import Shop, open_shop
from .stack import Stack

HOLD_SECONDS = "10"
"""Holds that a test can see expire; a sale takes far less, and takes the stock again if it does not (rules.md 20)."""


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack, with the addresses and tokens of its stack.env; its traces come to a collector of the tests' own.

    One that runs already is used as it is; else it starts empty, and its logs stay when it was stopped.
    """
    home = Home.at(REPOSITORY / ".local" / "e2e")
    with collecting(reserve_port(home, "collector")) as collector, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        environment.setenv("INVENTORY_HOLD_DURATION_SECONDS", HOLD_SECONDS)
        environment.setenv("ARCHIVE_BUCKET", "carts-of-tests")
        environment.setenv("CARTWHEEL_SERVERS", "native")  # the tests kill servers, which they do by process
        if not any(is_alive(process) for process in load_running(home).values()):
            asyncio.run(purge(home))
            home = Home.at(home.path)
        try:
            asyncio.run(up(home, ConsoleReporter()))
            env = read_env(home.env_file)
            yield Stack(home, env, Tokens(env["JWT_SECRET"], env["SERVICE_TOKEN_SECRET"]), collector)
        finally:
            asyncio.run(down(home))


@pytest.fixture
async def shop(stack: Stack) -> AsyncIterator[Shop]:
    """A company of its own, with a site, three products and rules: no test sees another's."""
    async with open_shop(stack) as shop:
        yield shop
