"""One trace from a request through outbox and broker to a handler and what it publishes in turn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.cart import CartCreated, CartViewed
from contracts.envelope import Envelope
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from servicekit.db import Database, Unit
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.headers import REDRIVEN
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.observability import telemetry
from servicekit.testing import envelope_of, poll, published

from .conftest import Working
from .recorded_events import created, viewed


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Every span that ends, of a tracer that records."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", lambda: provider.get_tracer("test"))
    return exporter


async def one(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    """Wait for the span of this name."""

    async def found() -> list[ReadableSpan]:
        return [span for span in spans.get_finished_spans() if span.name == name]

    return (await poll(found))[0]


def ids(span: ReadableSpan) -> tuple[int, int]:
    """A span's trace and its own id."""
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id


async def test_a_trace_goes_on_from_the_request_to_what_a_handler_publishes(
    database: Database,
    company_id: UUID,
    subscriptions: Subscriptions[None],
    working: Working,
    spans: InMemorySpanExporter,
) -> None:
    """The handler's span is a child of the request's and linked to the sending; batches keep each event's trace."""

    @subscriptions.on(CartCreated, name="notes.follow", queue="carts")
    async def follow(event: Envelope[CartCreated], unit: Unit) -> None:
        await outbox.add(unit, viewed(event.companyid))

    @subscriptions.batch(CartCreated, name="notes.log", queue="log", linger_seconds=0.05)
    async def keep(events: Sequence[Envelope[Any]], unit: Unit) -> None: ...

    async with working(subscriptions):
        with telemetry.tracer().start_as_current_span("request") as request:
            async with database.unit(company_id) as unit:
                await outbox.add(unit, created(company_id))
        send = await one(spans, "send evt:cart.created.v1")
        process = await one(spans, f"process {subscriptions.service}.carts")
        batch = await one(spans, f"process {subscriptions.service}.log")

    context = request.get_span_context()
    for span in (send, process, batch):
        assert span.parent is not None
        assert (ids(span)[0], span.parent.span_id) == (context.trace_id, context.span_id)
    assert [link.context.span_id for link in process.links] == [context.span_id, ids(send)[1]]
    [event] = [event for event in await published(database, CartViewed) if event.company_id == company_id]
    assert event.traceparent is not None
    assert tuple(int(part, 16) for part in event.traceparent.split("-")[1:3]) == ids(process)


@pytest.mark.parametrize(
    "change", [{"sent_at": datetime.now(UTC) - timedelta(minutes=6)}, {"headers": {REDRIVEN: True}}]
)
async def test_a_late_or_repeated_handling_is_a_trace_of_its_own(
    broker: Broker,
    company_id: UUID,
    subscriptions: Subscriptions[None],
    working: Working,
    spans: InMemorySpanExporter,
    change: dict[str, Any],
) -> None:
    """A trace that is open for days is of no use; a link leads back."""

    @subscriptions.on(CartCreated, name=f"notes.late.{len(change)}", queue="carts")
    async def late(event: Envelope[CartCreated], unit: Unit) -> None: ...

    event, trace_id = envelope_of(created(company_id)), 0xABC
    headers = {"traceparent": f"00-{trace_id:032x}-{1:016x}-01", **change.get("headers", {})}
    body = event.model_dump_json(by_alias=True).encode()
    message = Message(body, str(event.id), event.type, change.get("sent_at", datetime.now(UTC)), headers)
    async with working(subscriptions):
        await broker.publish(message, exchange="", routing_key=f"{subscriptions.service}.carts")
        span = await one(spans, f"process {subscriptions.service}.carts")

    assert span.parent is None
    assert ids(span)[0] != trace_id
    assert [link.context.trace_id for link in span.links] == [trace_id]
