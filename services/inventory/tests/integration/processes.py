"""Running `python -m inventory …` with settings from the environment, as it is run in production."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx
from inventory.commands import add_commands
from inventory.main import SERVICE
from servicekit.cli.main import commands
from servicekit.testing import Servers, poll
from servicekit.testing.settings import JWT_SECRET, SEAL_KEY, SERVICE_TOKEN_SECRET
from typer.testing import CliRunner, Result

STOP_SECONDS = 30


def environment(servers: Servers, database_url: str, **more: str) -> dict[str, str]:
    """What a process of the service is told."""
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "test",
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url,
        "RABBITMQ_URL": servers.rabbitmq_url,
        "JWT_SECRET": JWT_SECRET,
        "SERVICE_TOKEN_SECRET": SERVICE_TOKEN_SECRET,
        "SEAL_KEY": SEAL_KEY,
        **more,
    }


async def command(environ: dict[str, str], *arguments: str) -> Result:
    """Run a command to its end, in a thread of this process: it opens an event loop of its own."""
    app = commands(SERVICE)
    add_commands(app)
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=environ))


@contextmanager
def running(environ: dict[str, str], *arguments: str) -> Generator[subprocess.Popen[bytes]]:
    """A role in a process of its own, ended by SIGTERM; it has to come to an end by itself then."""
    process = subprocess.Popen([sys.executable, "-m", "inventory", *arguments], env=environ)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


async def ready(port: int) -> None:
    """Wait until the process at this port says that it is ready."""

    async def is_ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    await poll(is_ready)
