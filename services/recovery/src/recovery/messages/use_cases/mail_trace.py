"""The trace of an abandonment, carried from its event to the mails that follow (messaging.md, "Traces")."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanKind
from servicekit.messaging.spans import NEW_TRACE_AFTER
from servicekit.observability import telemetry


def traceparent() -> str | None:
    """The current span as W3C text, to be kept with the recovery."""
    carrier: dict[str, str] = {}
    telemetry.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def mail_span(cause: str | None, began_at: datetime, now: datetime) -> Generator[None]:
    """The span of one mail, current inside.

    It belongs to the trace of the abandonment; a mail that goes out later than five minutes begins a trace of its own,
    linked to it, because nobody reads a trace that lasts for days.
    """
    context = telemetry.context_of(cause)
    is_late = now - began_at > NEW_TRACE_AFTER
    linked = trace.get_current_span(context).get_span_context() if context is not None else None
    span = telemetry.tracer().start_span(
        "send recovery mail",
        context=Context() if context is None or is_late else context,
        kind=SpanKind.INTERNAL,
        links=[Link(linked)] if linked is not None and linked.is_valid else [],
    )
    with trace.use_span(span, end_on_exit=True):
        yield
