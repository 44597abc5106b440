"""Headers of our own on messages: a message's history of failures, and the trace that sent it."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

ATTEMPTS = "x-attempts"
QUEUE = "x-queue"
HANDLER = "x-handler"
ERROR = "x-last-error"
FIRST_FAILED = "x-first-failed-at"
LAST_FAILED = "x-last-failed-at"
ROUTING_KEY = "x-original-routing-key"
REDRIVEN = "x-redriven"
WITHHELD = "x-body-withheld"
SENT_BY = "x-send-traceparent"


def attempts_of(message: "AbstractIncomingMessage") -> int:
    """How often the message has failed before; what is no number was not written by us, and counts as never."""
    return count_in(message.headers.get(ATTEMPTS))


def traceparent_of(message: "AbstractIncomingMessage") -> str | None:
    """The trace of the message's cause, in W3C's form; None where the header is none."""
    value = message.headers.get("traceparent")
    return value if isinstance(value, str) else None


def count_in(value: object) -> int:
    """The number in a header; 0 for what is none."""
    try:
        return int(str(value or 0))
    except ValueError:
        return 0


def time_in(value: object, otherwise: datetime) -> datetime:
    """The time in a header, with its zone; the other for what is none."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return otherwise
    return time if time.tzinfo is not None else otherwise
