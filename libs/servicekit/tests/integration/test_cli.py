"""The command line of a service, as processes of their own."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from pamqp.common import FieldTable
from servicekit.cli.jobs import details_of
from servicekit.cli.main import commands
from servicekit.jobs.job import JobResult
from servicekit.messaging import headers
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.subscriptions import QueuePlan
from servicekit.messaging.topology import dead_letter_queue, declare
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, poll
from servicekit.testing.settings import JWT_SECRET, SEAL_KEY, SERVICE_TOKEN_SECRET
from typer.testing import CliRunner, Result

from ..notes import NOTES
from .delivering import ids_in

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


async def test_a_version_that_was_rolled_back_finds_nothing_to_migrate_and_runs(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """The database keeps what the newer version made of it; a revision that comes after none of ours is a fault."""
    env = environment(servers, database_url)
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "ALTER TABLE notes ADD COLUMN colour text; UPDATE alembic_version SET version_num = '0009'"
    )

    migrated = await asyncio.to_thread(run, monkeypatch, env, "migrate")
    async with role_of(env, "api"), role_of(env, "worker"):
        pass

    revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    await connection.execute("UPDATE alembic_version SET version_num = '0000'")
    strange = await asyncio.to_thread(run, monkeypatch, env, "migrate")
    await connection.execute("UPDATE alembic_version SET version_num = '0001'; ALTER TABLE notes DROP COLUMN colour")
    await connection.close()
    assert (migrated.exit_code, revision) == (0, "0009")
    assert "nothing to do: the database is at 0009" in migrated.stdout
    assert strange.exit_code == 1


def test_jobs_are_listed_and_run(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """By name; an unknown one is said to be so."""
    env = environment(servers, database_url)

    listed = run(monkeypatch, env, "jobs", "list")
    ran = run(monkeypatch, env, "jobs", "run", "PurgeOutbox", "--dry-run")
    unknown = run(monkeypatch, env, "jobs", "run", "Nothing")

    assert "PurgeOutbox" in listed.stdout
    assert ran.stdout == "PurgeOutbox: 0 (dry run)\n"
    assert unknown.exit_code == 2


def test_what_else_a_run_says_is_printed() -> None:
    """In a line for a person: nothing for what is empty."""
    result = JobResult(4, {"made": ["2026-03", "2026-04"], "dropped": [], "moved": 16})

    assert details_of(result) == " (made 2026-03, 2026-04; moved 16)"
    assert details_of(JobResult(0)) == ""


def test_a_job_is_paused_and_resumed(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """The list says since when; only a job that there is."""
    env = environment(servers, database_url)

    paused = run(monkeypatch, env, "jobs", "pause", "vacuumAnalyze")
    resting = since_when(run(monkeypatch, env, "jobs", "list"), "vacuumAnalyze")
    resumed = run(monkeypatch, env, "jobs", "resume", "vacuumAnalyze")
    running = since_when(run(monkeypatch, env, "jobs", "list"), "vacuumAnalyze")
    unknown = [run(monkeypatch, env, "jobs", verb, "Nothing").exit_code for verb in ("pause", "resume")]

    assert (paused.exit_code, resumed.exit_code, unknown) == (0, 0, [2, 2])
    assert resting.startswith(f"{datetime.now(UTC).year}-")
    assert running == ""


def since_when(listed: Result, job: str) -> str:
    """What the list of jobs has in the column of pauses."""
    [line] = [line for line in listed.stdout.splitlines() if f" {job} " in line]
    return line.split("│")[3].strip()


def test_a_worker_with_nothing_to_do_is_refused(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """The two options exclude each other."""
    refused = run(monkeypatch, environment(servers, database_url), "worker", "--only-jobs", "--without-jobs")

    assert refused.exit_code == 2
    assert "nothing to do" in refused.stderr


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


@pytest.fixture
async def given_up(servers: Servers) -> AsyncGenerator[tuple[Broker, set[str]]]:
    """A broker with 300 dead letters of the notes service that belong to its queue `notes.cli`, and their ids."""
    broker = await Broker.connect(servers.rabbitmq_url, name="tests", within=30)
    channel = await broker.channel()
    await declare(channel, "notes", [QueuePlan("notes.cli")])
    await (await channel.get_queue(dead_letter_queue("notes"), ensure=False)).purge()
    now = datetime.now(UTC)
    history: FieldTable = {headers.QUEUE: "notes.cli", headers.ERROR: "no room", headers.LAST_FAILED: now.isoformat()}
    messages = [Message(b"{}", str(uuid4()), "cart.updated.v1", now, dict(history)) for _ in range(300)]
    for message in messages:
        await broker.publish(message, exchange="", routing_key=dead_letter_queue("notes"))
    yield broker, {message.id for message in messages}
    await channel.queue_delete("notes.cli")
    await broker.close()


async def test_all_dead_letters_are_replayed(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str, given_up: tuple[Broker, set[str]]
) -> None:
    """One line says what became of them; an id and --all at once, or neither, is a mistake."""
    env, command = environment(servers, database_url), ("dead-letters", "replay")

    others = await asyncio.to_thread(run, monkeypatch, env, *command, "--all", "--reason", "timeout")
    all_ = await asyncio.to_thread(run, monkeypatch, env, *command, "--all", "--queue", "notes.cli")
    mistakes = [
        await asyncio.to_thread(run, monkeypatch, env, *command, *arguments)
        for arguments in ([], ["--all", str(uuid4())], ["--queue", "notes.cli"])
    ]

    assert others.stdout == "replayed 0 of 300 dead letters; 300 skipped, not asked for\n"
    assert all_.stdout == "replayed 300 of 300 dead letters\n"
    assert [mistake.exit_code for mistake in mistakes] == [2, 2, 2]
    assert set(await ids_in(given_up[0], "notes.cli")) == given_up[1]


async def test_a_replay_that_is_killed_loses_nothing(
    servers: Servers, database_url: str, given_up: tuple[Broker, set[str]]
) -> None:
    """Each message is in its queue or still a dead letter, wherever the kill falls; a second run finishes."""
    broker, all_ = given_up
    env, command = environment(servers, database_url), ("dead-letters", "replay", "--all")
    dead_letters = dead_letter_queue("notes")

    process = await start(env, *command)
    await poll(lambda: broker.depths(["notes.cli"]), lambda depths: depths["notes.cli"] > 0, every_seconds=0.005)
    process.kill()
    await process.communicate()
    home = set(await ids_in(broker, "notes.cli"))
    await poll(lambda: ids_in(broker, dead_letters), lambda kept: home | set(kept) == all_)
    await poll(lambda: broker.depths([dead_letters]), lambda depths: depths[dead_letters] >= len(all_ - home))
    again = await start(env, *command)
    await again.communicate()

    assert again.returncode == 0
    assert set(await ids_in(broker, "notes.cli")) == all_


def test_a_service_that_publishes_no_state_says_so(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """Asking it to republish is a mistake of the operator's."""
    assert run(monkeypatch, environment(servers, database_url), "republish").exit_code == 2


@pytest.mark.parametrize("role", ["api", "worker"])
async def test_a_role_serves_until_sigterm(servers: Servers, database_url: str, role: str) -> None:
    """Ready, measured, then SIGTERM and a clean end; nothing says which server it is."""
    async with role_of(environment(servers, database_url), role) as client:
        answer, metrics = await client.get("/readyz"), await client.get("/metrics")

    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert "python_info" in metrics.text


@asynccontextmanager
async def role_of(env: dict[str, str], role: str) -> AsyncGenerator[httpx.AsyncClient]:
    """A role of the notes service that is ready; it is ended by SIGTERM, and has to end well."""
    port = free_port()
    process = await start(env, role, {"api": "--port", "worker": "--health-port"}[role], str(port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def ready() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.ConnectError:
                return False

        await poll(ready)
        yield client
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert process.returncode in (0, -signal.SIGTERM)
