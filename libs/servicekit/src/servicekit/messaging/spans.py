"""Spans around messages, written by hand (messaging.md, "Traces").

A consumer's span is a child of the transaction that caused the event and is linked to the sending. After five minutes,
or when a person sent the message again, it begins a trace of its own that links to both.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanKind, Status, StatusCode

from servicekit.messaging.broker import Message
from servicekit.messaging.headers import REDRIVEN, SENT_BY, attempts_of, traceparent_of
from servicekit.messaging.topology import EVENTS
from servicekit.observability import telemetry

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

NEW_TRACE_AFTER = timedelta(minutes=5)


def begin_sending(message: Message, tracestate: str | None) -> Span:
    """The span of the relay's publishing, which the caller ends; a header has its context for consumers to link to."""
    if not telemetry.is_recording():
        return INVALID_SPAN
    parent = telemetry.context_of(_text(message.headers.get("traceparent")), tracestate)
    span = telemetry.tracer().start_span(
        f"send {EVENTS}:{message.type}", context=parent or Context(), kind=SpanKind.PRODUCER, links=_links(parent)
    )
    if span.is_recording():
        span.set_attributes(_attributes("send", EVENTS, message.id))
        carrier: dict[str, str] = {}
        with trace.use_span(span):
            telemetry.inject(carrier)
        message.headers[SENT_BY] = carrier["traceparent"]
    return span


@contextmanager
def process_span(message: "AbstractIncomingMessage", queue: str) -> Generator[Span]:
    """The span of handling one message, current inside; an exception that passes through marks it as failed."""
    with trace.use_span(_begin_processing(message, queue), end_on_exit=True) as span:
        yield span


@contextmanager
def process_spans(messages: "Sequence[AbstractIncomingMessage]", queue: str) -> Generator[None]:
    """A span for each message of a batch, in the trace of its own cause; none of them is current inside."""
    spans = [_begin_processing(message, queue) for message in messages]
    try:
        yield
    finally:
        for span in spans:
            span.end()


def _begin_processing(message: "AbstractIncomingMessage", queue: str) -> Span:
    cause = telemetry.context_of(traceparent_of(message))
    links = _links(cause, telemetry.context_of(_text(message.headers.get(SENT_BY))))
    parent = Context() if cause is None or _is_another_story(message) else cause
    span = telemetry.tracer().start_span(f"process {queue}", context=parent, kind=SpanKind.CONSUMER, links=links)
    if span.is_recording():
        span.set_attributes(_attributes("process", queue, message.message_id or ""))
        span.set_attribute("messaging.rabbitmq.attempt", attempts_of(message) + 1)
    return span


def mark_failed(reason: str) -> None:
    """Note on the current span that its message will be tried again or was given up."""
    trace.get_current_span().set_status(Status(StatusCode.ERROR, reason))


def _is_another_story(message: "AbstractIncomingMessage") -> bool:
    if message.headers.get(REDRIVEN):
        return True
    return message.timestamp is not None and datetime.now(UTC) - message.timestamp > NEW_TRACE_AFTER


def _links(*contexts: Context | None) -> Sequence[Link]:
    spans = (trace.get_current_span(context).get_span_context() for context in contexts if context is not None)
    return [Link(span) for span in spans if span.is_valid]


def _attributes(operation: str, destination: str, message_id: str) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.destination.name": destination,
        "messaging.message.id": message_id,
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
