"""The notes service's command line, in this process or in one of its own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from servicekit.cli.main import commands
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, poll
from servicekit.testing.settings import JWT_SECRET, SEAL_KEY, SERVICE_TOKEN_SECRET
from typer.testing import CliRunner, Result

from ..notes import NOTES

PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from notes import NOTES
from servicekit.cli.main import main
main(NOTES)
"""


def environment(servers: Servers, database_url: str) -> dict[str, str]:
    """What a process of the service needs to know."""
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "test",
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url,
        "RABBITMQ_URL": servers.rabbitmq_url,
        "JWT_SECRET": JWT_SECRET,
        "SERVICE_TOKEN_SECRET": SERVICE_TOKEN_SECRET,
        "SEAL_KEY": SEAL_KEY,
    }


@asynccontextmanager
async def started(env: dict[str, str], *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A command of the notes service as a process; killed in the end if it still runs, whatever ends the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(Path(__file__).parents[1]),
        *arguments,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def run(monkeypatch: pytest.MonkeyPatch, env: dict[str, str], *arguments: str) -> Result:
    """Run a command of the notes service in this process."""
    for name in (field.upper() for field in ServiceSettings.model_fields):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(commands(NOTES), arguments)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def role_of(env: dict[str, str], role: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A role of the notes service that is ready; it is ended by SIGTERM, and has to end well."""
    port = free_port()
    async with started(env, role, {"api": "--port", "worker": "--health-port"}[role], str(port)) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.ConnectError:
                    return False

            await poll(ready, deadline_seconds=120)
            yield client
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert process.returncode in (0, -signal.SIGTERM)
