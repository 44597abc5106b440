"""What happens to a message whose handler failed: it waits longer and longer, then it is dead-lettered.

The count of attempts and the history travel in headers of our own; the broker's `x-death` belongs to the broker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contracts.registry import EVENTS
from pydantic import ValidationError

from servicekit.broker import Message
from servicekit.logging import redact
from servicekit.topology import Delay

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage
    from pamqp.common import FieldTable

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

_HISTORY = frozenset({ATTEMPTS, QUEUE, HANDLER, ERROR, FIRST_FAILED, LAST_FAILED, ROUTING_KEY})
_BROKERS_OWN = ("x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count")
"""Beginnings of the names of headers in which the broker keeps its own account."""
_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message could not be handled. `handlers` are the names of those that failed; `final`: no retry can help."""

    handlers: Sequence[str]
    error: str
    final: bool = False


def attempts_of(message: "AbstractIncomingMessage") -> int:
    """How often the message has failed before."""
    return int(message.headers.get(ATTEMPTS) or 0)  # type: ignore[arg-type]  # our header is always a number


def next_delay(failures: int, delays: Sequence[Delay]) -> Delay | None:
    """Where a message waits after its n-th failure; None when it has had all its chances."""
    return delays[failures - 1] if failures <= len(delays) else None


def describe(error: BaseException) -> str:
    """An error for a header: its kind and one bounded line, without personal data (rules.md 35).

    Of a validation error only the fields are named, of a database error not its DETAIL line, which quotes values, of a
    group the first of its errors.
    """
    if isinstance(error, BaseExceptionGroup):
        return f"{len(error.exceptions)} at once, such as {describe(error.exceptions[0])}"[:_ERROR_LENGTH]
    if isinstance(error, ValidationError):
        places = (".".join(map(str, part["loc"])) or "body" for part in error.errors(include_input=False))
        text = f"does not fit at {', '.join(places)}"
    else:
        text = str(error).partition("\n")[0]
    redacted: str = redact(None, "", {"error": text})["error"]
    return f"{type(error).__name__}: {redacted}"[:_ERROR_LENGTH]


def copy_of(message: "AbstractIncomingMessage", queue: str, failure: Failure) -> Message:
    """The message again, with one more attempt and the reason in its headers."""
    now = datetime.now(UTC).isoformat()
    headers = _without_brokers(message.headers)
    headers |= {
        ATTEMPTS: attempts_of(message) + 1,
        QUEUE: queue,
        HANDLER: ", ".join(failure.handlers),
        ERROR: failure.error,
        FIRST_FAILED: message.headers.get(FIRST_FAILED) or now,
        LAST_FAILED: now,
        ROUTING_KEY: message.headers.get(ROUTING_KEY) or message.routing_key or "",
    }
    return _again(message, headers)


def dead_letter_of(message: "AbstractIncomingMessage", queue: str, failure: Failure) -> Message:
    """The copy that goes to the dead letters; of an event with personal data all but the data (rules.md 35)."""
    letter = copy_of(message, queue, failure)
    event = EVENTS.get(letter.type)
    if event is None or not event.personal:
        return letter
    return replace(letter, body=b"", headers=letter.headers | {WITHHELD: True})


def fresh_copy_of(message: "AbstractIncomingMessage") -> Message:
    """The message as it was before it failed, marked as sent again by a person."""
    kept = _without_brokers(message.headers)
    return _again(message, {key: value for key, value in kept.items() if key not in _HISTORY} | {REDRIVEN: True})


def _without_brokers(headers: "Mapping[str, Any]") -> "FieldTable":
    return {key: value for key, value in headers.items() if not key.startswith(_BROKERS_OWN)}


def _again(message: "AbstractIncomingMessage", headers: "FieldTable") -> Message:
    return Message(
        body=message.body,
        id=message.message_id or "",
        type=message.type or "",
        sent_at=message.timestamp or datetime.now(UTC),
        headers=headers,
        content_type=message.content_type or "application/octet-stream",
    )
