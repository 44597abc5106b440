"""What happens to a message whose handler failed: it waits longer and longer, then it is dead-lettered.

One that was only hindered (by other transactions' locks) waits the shortest time, as often as it takes.

The count of attempts and the history travel in headers of our own; the broker's `x-death` belongs to the broker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contracts.registry import EVENTS

from servicekit.messaging.broker import Message
from servicekit.messaging.headers import (
    ATTEMPTS,
    ERROR,
    FIRST_FAILED,
    HANDLER,
    LAST_FAILED,
    QUEUE,
    REDRIVEN,
    ROUTING_KEY,
    WITHHELD,
    attempts_of,
)
from servicekit.messaging.topology import Delay
from servicekit.observability.error_line import error_line

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage
    from pamqp.common import FieldTable

_HISTORY = frozenset({ATTEMPTS, QUEUE, HANDLER, ERROR, FIRST_FAILED, LAST_FAILED, ROUTING_KEY})
_BROKERS_OWN = ("x-death", "x-first-death", "x-last-death", "x-delivery-count", "x-acquired-count")
"""Beginnings of the names of headers in which the broker keeps its own account."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message could not be handled. `handlers` are the names of those that failed, `causes` what they raised.

    `final`: no retry can help. Without `costs_attempt` it was nothing about the message: it is to come again as it was.
    """

    handlers: Sequence[str]
    error: str
    final: bool = False
    costs_attempt: bool = True
    causes: Sequence[Exception] = field(default=(), compare=False)


def contended(handler: str, error: Exception) -> Failure:
    """The failure of a message whose handler met other transactions' locks for too long."""
    return Failure((handler,), error_line(error), costs_attempt=False)


def delay_of(message: "AbstractIncomingMessage", failure: Failure, delays: Sequence[Delay]) -> Delay | None:
    """Where a message waits after a failure; None when no retry can help it or it has had all its chances."""
    if failure.final:
        return None
    return next_delay(attempts_of(message) + 1 if failure.costs_attempt else 1, delays)


def next_delay(failures: int, delays: Sequence[Delay]) -> Delay | None:
    """Where a message waits after its n-th failure; None when it has had all its chances."""
    return delays[failures - 1] if failures <= len(delays) else None


def copy_of(message: "AbstractIncomingMessage", queue: str, failure: Failure) -> Message:
    """The message again, with one more attempt, if the failure costs one, and the reason in its headers."""
    now = datetime.now(UTC).isoformat()
    headers = _without_brokers(message.headers)
    headers |= {
        ATTEMPTS: attempts_of(message) + failure.costs_attempt,
        QUEUE: queue,
        HANDLER: ", ".join(failure.handlers),
        ERROR: failure.error,
        FIRST_FAILED: message.headers.get(FIRST_FAILED) or now,
        LAST_FAILED: now,
        ROUTING_KEY: message.headers.get(ROUTING_KEY) or message.routing_key or "",
    }
    return _again(message, headers)


def dead_letter_of(message: "AbstractIncomingMessage", queue: str, failure: Failure) -> Message:
    """The copy that goes to the dead letters; of one with readable personal data all but the data (rules.md 35)."""
    dead_letter = copy_of(message, queue, failure)
    event = EVENTS.get(dead_letter.type)
    if event is None or not event.personal or event.sealed:
        return dead_letter
    return replace(dead_letter, body=b"", headers=dead_letter.headers | {WITHHELD: True})


def equal_copy_of(message: "AbstractIncomingMessage") -> Message:
    """The message as it is, attempts and history included, to be sent to its queue once more."""
    routing_key = message.headers.get(ROUTING_KEY) or message.routing_key or ""
    return _again(message, _without_brokers(message.headers) | {ROUTING_KEY: routing_key})


def fresh_copy_of(message: "AbstractIncomingMessage", walk: str = "") -> Message:
    """The message as it was before it failed, marked as sent again by a person, and in which walk through them."""
    kept = _without_brokers(message.headers)
    return _again(
        message, {key: value for key, value in kept.items() if key not in _HISTORY} | {REDRIVEN: walk or True}
    )


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
