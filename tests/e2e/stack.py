"""Where the running stack answers, and how its parts are reached, stopped and started from outside."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.services import SERVICES
from cartwheel_local.stack import up
from localservers.home import Home
from localservers.processes import find, stop
from localservers.state import Running, load_running
from simulator.tokens import Tokens

from .collector import Collector

__all__ = ["SERVICES", "Stack"]


@dataclass(frozen=True, slots=True)
class Stack:
    """One running stack; `env` is its stack.env, `collector` gets every span."""

    home: Home
    env: Mapping[str, str]
    tokens: Tokens
    collector: Collector

    @property
    def api_url(self) -> str:
        """The gateway: what every client talks to."""
        return self.env["API_URL"]

    def database_url(self, service: str) -> str:
        """A superuser's address of one service's database."""
        parts = urlsplit(self.env["POSTGRES_URL"])
        return urlunsplit(parts._replace(path=f"/cartwheel_{service}"))

    @asynccontextmanager
    async def database(self, service: str) -> AsyncGenerator[asyncpg.Connection]:
        """A superuser's connection to one service's database, which row-level security does not bind."""
        connection = await asyncpg.connect(self.database_url(service))
        try:
            yield connection
        finally:
            await connection.close()

    def process(self, name: str) -> Running:
        """One of the stack's processes, such as "cart-api" or "rabbitmq"."""
        return load_running(self.home)[name]

    def environment(self, name: str) -> dict[str, str]:
        """The environment of one of the processes."""
        process = find(self.process(name))
        assert process is not None, f"{name} does not run"
        return process.environ()

    def service_url(self, service: str) -> str:
        """A service's own api, behind the gateway."""
        return f"http://127.0.0.1:{self.process(f'{service}-api').port}"

    def worker_url(self, service: str) -> str:
        """Where a service's worker answers about its health and its measures."""
        return f"http://127.0.0.1:{self.process(f'{service}-worker').port}"

    async def kill(self, name: str) -> None:
        """End a process as the kernel would, without a word (SIGKILL)."""
        process = find(self.process(name))
        assert process is not None, f"{name} does not run"
        process.kill()
        await asyncio.to_thread(process.wait, 10)

    async def bring_up(self) -> None:
        """Start whatever does not run, and return when it all answers."""
        await up(self.home, ConsoleReporter())

    @asynccontextmanager
    async def without(self, *names: str) -> AsyncGenerator[None]:
        """Stop these processes for as long as the block lasts."""
        await asyncio.gather(*(stop(self.home, self.process(name)) for name in names))
        try:
            yield
        finally:
            await self.bring_up()
