"""The command line of a service, as processes of their own."""

import asyncio
import json
import os
from datetime import UTC, datetime

import asyncpg
import pytest
from servicekit.cli.jobs import details_of
from servicekit.jobs.job import JobResult
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers
from typer.testing import Result

from .command_line import environment, role_of, run, started


async def test_a_service_with_wrong_settings_does_not_start() -> None:
    """Status 2 and one line that names everything."""
    async with started({"PATH": os.environ["PATH"]}, "api") as process:
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
