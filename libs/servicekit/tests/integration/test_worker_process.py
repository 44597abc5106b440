"""A worker as a process: started, probed, stopped."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.jobs import pauses
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import declare
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, envelope_of, make_settings, poll
from servicekit.testing.processes import environment_of, free_port

from .delivering import message_with
from .recorded_events import created

START = "from notes import NOTES; from servicekit.cli.main import main; main(NOTES)"
START_BROKEN = """
from dataclasses import replace
from contracts.cart import CartCreated
from notes import NOTES
from servicekit.cli.main import main
from servicekit.messaging.subscriptions import Subscriptions

subscriptions = Subscriptions("{service}")

@subscriptions.on(CartCreated, name="notes.broken", queue="carts")
async def broken(event, unit):
    raise RuntimeError("no such column")

main(replace(NOTES, name="{service}", subscriptions=subscriptions))
"""

Probed = tuple[asyncio.subprocess.Process, httpx.AsyncClient]


@pytest.fixture
async def worker(servers: Servers, database_url: str, broker: Broker) -> AsyncGenerator[Probed]:
    """The worker of the notes service and a client of its probes."""
    channel = await broker.channel()
    await declare(channel, "notes", ())
    await channel.close()
    async with started(START, servers, database_url) as probed:
        yield probed


@asynccontextmanager
async def started(program: str, servers: Servers, database_url: str, *options: str) -> AsyncGenerator[Probed]:
    """A program in the role of a worker and a client of its probes; killed in the end if it still runs."""
    settings = make_settings(ServiceSettings, servers, database_url)
    environment = environment_of(settings) | {"PYTHONPATH": str(Path(__file__).parents[1])}
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "worker", "--health-port", str(port), *options, env=environment
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as probes:
            yield process, probes
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def readiness(probes: httpx.AsyncClient) -> dict[str, Any]:
    """What /readyz says; nothing while nobody listens."""
    try:
        answer = (await probes.get("/readyz")).json()
    except httpx.TransportError:
        return {}
    return dict(answer)


async def test_a_worker_publishes_is_probed_and_stops_at_sigterm(
    worker: Probed, database: Database, company_id: UUID
) -> None:
    """Ready with its dependencies named, measured, and gone with status 0 after SIGTERM."""
    process, probes = worker

    await poll(lambda: readiness(probes), lambda state: state.get("status") == "ready")
    assert (await probes.get("/livez")).json() == {"status": "alive"}
    async with database.unit(company_id) as unit:
        await outbox.add(unit, created(company_id))
    await poll(lambda: published_count(probes), lambda count: count >= 1)
    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


async def published_count(probes: httpx.AsyncClient) -> float:
    """The worker's own measure of what it has published."""
    lines = (await probes.get("/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("outbox_published_total{"))


async def test_a_worker_with_a_paused_queue_is_degraded_but_ready(
    servers: Servers, database_url: str, broker: Broker, subscriptions: Subscriptions[None], company_id: UUID
) -> None:
    """The probe and the measure name the queue; to take the worker out would help none of its other queues."""

    @subscriptions.on(CartCreated, name="notes.broken", queue="carts")
    async def broken(event: Envelope[CartCreated], unit: Unit) -> None: ...

    service, [queue] = subscriptions.service, subscriptions.queues
    await declare(await broker.channel(), service, subscriptions.queues.values())
    for _ in range(5):
        await broker.publish(message_with(envelope_of(created(company_id))), exchange="", routing_key=queue)

    async with started(START_BROKEN.format(service=service), servers, database_url) as (_, probes):
        await poll(lambda: readiness(probes), lambda state: state.get("status") == "degraded")
        answer, measured = await probes.get("/readyz"), (await probes.get("/metrics")).text

    assert (answer.status_code, answer.json()["pausedQueues"]) == (200, [queue])
    assert f'queue_paused{{queue="{queue}"}} 1.0' in measured


async def test_a_worker_of_jobs_alone_needs_no_broker(servers: Servers, database_url: str, database: Database) -> None:
    """It runs what is due while the broker is away, is ready without it, and ends at SIGTERM."""
    async with database.system_unit() as unit:
        await unit.execute("DELETE FROM job_runs WHERE name = 'PurgeOutbox'")
    nowhere = replace(servers, rabbitmq_url="amqp://127.0.0.1:1/")
    async with started(START, nowhere, database_url, "--only-jobs") as (process, probes):
        await poll(lambda: measure(probes, 'job_runs_total{job="PurgeOutbox",outcome="done"}'), lambda runs: runs == 1)
        state = await readiness(probes)
        process.send_signal(signal.SIGTERM)
        code = await process.wait()

    assert (state["status"], state["dependencies"], state["pausedJobs"]) == ("ready", {"database": "up"}, [])
    assert code == 0


async def test_a_worker_without_jobs_publishes_and_runs_none(
    servers: Servers, database_url: str, database: Database, broker: Broker, company_id: UUID
) -> None:
    """Whatever is due waits for the process that has the jobs."""
    await declare(await broker.channel(), "notes", ())
    async with database.unit(company_id) as unit:
        await outbox.add(unit, created(company_id))
    async with started(START, servers, database_url, "--without-jobs") as (_, probes):
        await poll(lambda: readiness(probes), lambda state: state.get("status") == "ready")
        await poll(lambda: published_count(probes), lambda count: count >= 1)
        measured = (await probes.get("/metrics")).text

    assert "job_paused{" not in measured


async def test_a_paused_job_is_shown_by_probe_and_measure(
    servers: Servers, database_url: str, database: Database
) -> None:
    """A worker in which a job rests is ready: somebody wanted it so."""
    async with database.system_unit() as unit:
        await pauses.pause(unit, "PurgeInbox", datetime(2026, 1, 5, tzinfo=UTC))
    async with started(START, servers, database_url, "--only-jobs") as (_, probes):
        await poll(lambda: measure(probes, 'job_paused{job="PurgeInbox"}'), lambda paused: paused == 1)
        state = await readiness(probes)
    async with database.system_unit() as unit:
        await pauses.resume(unit, "PurgeInbox")

    assert (state["status"], state["pausedJobs"]) == ("ready", ["PurgeInbox"])


async def measure(probes: httpx.AsyncClient, series: str) -> float | None:
    """A measure of the worker's, None while it has none."""
    try:
        lines = (await probes.get("/metrics")).text.splitlines()
    except httpx.TransportError:
        return None
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{series} ")), None)
