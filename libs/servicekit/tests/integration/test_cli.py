"""The command line of a service, as processes of their own."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from uuid import uuid4

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


async def start(env: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    """Start a command of the notes service."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(Path(__file__).parents[1]),
        *arguments,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


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


async def test_a_service_with_wrong_settings_does_not_start() -> None:
    """Status 2 and one line that names everything."""
    process = await start({"PATH": os.environ["PATH"]}, "api")
    _, output = await process.communicate()

    assert process.returncode == 2
    assert output.count(b"\n") == 1
    assert b"DATABASE_URL is missing" in output
    assert b"SEAL_KEY is missing" in output


def test_documents_are_printed(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """The OpenAPI document, the settings and fresh secrets."""
    env = environment(servers, database_url)

    openapi, settings, secrets = (run(monkeypatch, env, name).stdout for name in ("openapi", "settings", "secrets"))

    assert "/notes" in json.loads(openapi)["paths"]
    assert settings.count("=") >= len(ServiceSettings.model_fields)
    assert {line.split("=")[0] for line in secrets.split()} == {"JWT_SECRET", "SERVICE_TOKEN_SECRET", "SEAL_KEY"}


def test_migrating_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """Database and queues are made, or found."""
    env = environment(servers, database_url)

    assert [run(monkeypatch, env, "migrate").exit_code for _ in range(2)] == [0, 0]


def test_jobs_are_listed_and_run(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """By name; an unknown one is said to be so."""
    env = environment(servers, database_url)

    listed = run(monkeypatch, env, "jobs", "list")
    ran = run(monkeypatch, env, "jobs", "run", "PurgeOutbox", "--dry-run")
    unknown = run(monkeypatch, env, "jobs", "run", "Nothing")

    assert "PurgeOutbox" in listed.stdout
    assert ran.stdout == "PurgeOutbox: 0 (dry run)\n"
    assert unknown.exit_code == 2


def test_an_unknown_dead_letter_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """Status 1 and a sentence, no traceback."""
    env = environment(servers, database_url)
    assert run(monkeypatch, env, "migrate").exit_code == 0

    listed = run(monkeypatch, env, "dead-letters", "list")
    shown = run(monkeypatch, env, "dead-letters", "show", str(uuid4()))

    assert listed.exit_code == 0
    assert shown.exit_code == 1
    assert "no such dead letter" in shown.stderr


def test_a_service_that_publishes_no_state_says_so(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """Asking it to republish is a mistake of the operator's."""
    assert run(monkeypatch, environment(servers, database_url), "republish").exit_code == 2


@pytest.mark.parametrize(("role", "option"), [("api", "--port"), ("worker", "--health-port")])
async def test_a_role_serves_until_sigterm(servers: Servers, database_url: str, role: str, option: str) -> None:
    """Ready, measured, then SIGTERM and a clean end; nothing says which server it is."""
    env, port = environment(servers, database_url), free_port()
    process = await start(env, role, option, str(port))

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ready() -> httpx.Response | None:
            try:
                return await client.get("/readyz")
            except httpx.ConnectError:
                return None

        answer = await poll(ready, lambda answer: answer is not None and answer.status_code == 200)
        metrics = await client.get("/metrics")
    process.send_signal(signal.SIGTERM)
    await process.communicate()

    assert answer is not None
    assert "server" not in answer.headers
    assert "python_info" in metrics.text
    assert process.returncode in (0, -signal.SIGTERM)
