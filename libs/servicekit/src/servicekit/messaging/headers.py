"""Headers of our own on messages: a message's history of failures, and the trace that sent it."""

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
    """How often the message has failed before."""
    return int(message.headers.get(ATTEMPTS) or 0)  # type: ignore[arg-type]  # our header is always a number
