"""From a delivery to an event."""

from typing import TYPE_CHECKING, Any

from contracts.envelope import Envelope
from contracts.registry import UnknownEvent, parse
from pydantic import ValidationError

from servicekit.messaging.headers import ROUTING_KEY
from servicekit.messaging.topology import DELIVERY_LIMIT
from servicekit.observability.error_line import error_line

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

_DELIVERIES = "x-delivery-count"


class Unreadable(Exception):
    """No retry can make an event of this message."""


def read(message: "AbstractIncomingMessage") -> Envelope[Any]:
    """Parse a message, by its type or else by the routing key it was first published with.

    Raises Unreadable for an unknown type, for a body that does not fit, and for a message that came back so often that
    the broker would soon dead-letter it without a word: a worker seems to die of it each time.
    """
    returns = int(str(message.headers.get(_DELIVERIES) or 0))
    if returns >= DELIVERY_LIMIT - 1:
        raise Unreadable(f"came back unacknowledged {returns} times")
    event_type = message.type or str(message.headers.get(ROUTING_KEY) or message.routing_key)
    try:
        return parse(event_type, message.body)
    except UnknownEvent:
        raise Unreadable(f"unknown event type {event_type}") from None
    except ValidationError as error:
        raise Unreadable(error_line(error)) from None
