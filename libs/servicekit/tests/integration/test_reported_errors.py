"""What a handler or a job raises is reported, each fault once however often it is tried (ADR 0034)."""

import asyncio
from collections.abc import Generator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.cart import CartCreated, CartViewed
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.runner import JobRunner
from servicekit.messaging.broker import Broker
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.observability import error_tracking, telemetry
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings, poll

from ..error_receiver import ErrorReceiver, error_receiver
from ..notes import NOWHERE
from .conftest import Working
from .delivering import publish
from .recorded_events import created, viewed

ADDRESS = "ada@example.org"


@pytest.fixture
def receiver() -> Generator[ErrorReceiver]:
    """Where this process reports to."""
    with error_receiver() as receiver:
        settings = make_settings(ServiceSettings, NOWHERE, NOWHERE.postgres_url, sentry_dsn=receiver.dsn)
        stop = error_tracking.start(settings, "notes")
        yield receiver
        stop()


async def test_a_handlers_error_is_reported_once_in_the_trace_of_its_cause(
    database: Database,
    company_id: UUID,
    broker: Broker,
    subscriptions: Subscriptions[None],
    working: Working,
    receiver: ErrorReceiver,
) -> None:
    """At its first attempt, though it is tried three times; the event of a batch is found in its own trace too."""

    @subscriptions.on(CartCreated, name="notes.choke", queue="carts")
    async def choke(event: Envelope[CartCreated], unit: Unit) -> None:
        raise RuntimeError(f"{ADDRESS} cannot be kept")

    @subscriptions.on(CartCreated, name="notes.keep", queue="carts")
    async def keep(event: Envelope[CartCreated], unit: Unit) -> None:
        """Two handlers of one queue fail apart from each other."""

    @subscriptions.batch(CartViewed, name="notes.choke_on_all", queue="log", linger_seconds=0.01)
    async def choke_on_all(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        raise LookupError("nor can the others")

    with telemetry.new_trace("buy", None):
        trace_id = telemetry.trace_id()
        await publish(database, company_id, created(company_id), viewed(company_id))
    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await poll(dead_letters.list, lambda found: len(found) == 2)
        reported = await poll(lambda: _now(receiver.events), lambda events: len(events) == 2)

    by_kind = {event["exception"]["values"][0]["type"]: event for event in reported}
    assert set(by_kind) == {"RuntimeError", "LookupError"}
    assert [event["contexts"]["trace"]["trace_id"] for event in reported] == [trace_id, trace_id]
    assert by_kind["RuntimeError"]["exception"]["values"][0]["value"] == "[redacted] cannot be kept"
    assert by_kind["RuntimeError"]["transaction"] == f"notes {subscriptions.service}.carts"
    assert by_kind["LookupError"]["tags"]["handler"] == "notes.choke_on_all"
    assert ADDRESS not in receiver.text


async def test_a_job_that_keeps_failing_is_reported_once(database: Database, receiver: ErrorReceiver) -> None:
    """And again when it fails after a run that went well."""
    outcomes = iter(["fail", "fail", "pass", "fail"])
    ran: list[str] = []

    async def run(context: JobContext) -> int:
        ran.append(next(outcomes, "pass"))
        if ran[-1] == "fail":
            raise RuntimeError(f"run {len(ran)}")
        return 0

    job = Job(f"shaky-{uuid4().hex[:8]}", run, every=0.01)
    stop = asyncio.Event()
    running = asyncio.create_task(JobRunner(database, [job]).run_on_schedule(stop))
    await poll(lambda: _now(ran), lambda runs: len(runs) >= 5)
    reported = await poll(lambda: _now(receiver.events), lambda events: len(events) >= 2)
    stop.set()
    await running

    assert [event["exception"]["values"][0]["value"] for event in reported] == ["run 1", "run 4"]
    assert {event["transaction"] for event in reported} == {f"notes {job.name}"}


async def _now(found: list[Any]) -> list[Any]:
    return found
