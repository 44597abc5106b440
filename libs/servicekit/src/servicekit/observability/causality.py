"""What the work at hand was caused by: it follows the work through awaits and into every event it publishes.

The HTTP edge sets the correlation id to the request's; the consumer passes on the event's and names the event as cause.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""One id from a shopper's request through everything that follows from it, in every service."""

causation_id: ContextVar[str | None] = ContextVar("causation_id", default=None)
"""The id of the event that directly caused the work at hand; None for a request or a timer."""


@contextmanager
def caused_by(event_id: str, correlation: str | None) -> Generator[None]:
    """Mark the work inside as a consequence of an event; an event without a correlation id begins one."""
    correlation_token = correlation_id.set(correlation or event_id)
    causation_token = causation_id.set(event_id)
    try:
        yield
    finally:
        causation_id.reset(causation_token)
        correlation_id.reset(correlation_token)
