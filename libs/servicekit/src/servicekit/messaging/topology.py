"""What exists in the broker: exchanges, queues and how they hang together (messaging.md, "Topology").

`declare` is run when a service is deployed, beside its migrations; everything else declares passively. A queue's
arguments never change: what must be tuned is a policy of the broker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aio_pika import ExchangeType

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractQueue
    from pamqp.common import FieldTable

    from servicekit.messaging.subscriptions import QueuePlan

EVENTS = "evt"
"""The topic exchange that every event is published to; the routing key is the event's type."""
UNROUTED = "evt.unrouted"
"""Where an event goes that nobody listens to; anything in it is an alert."""
DELIVERY_LIMIT = 20
"""How often a message may come back unacknowledged, a worker having died with it, before it is dead-lettered."""
_DEAD_LETTER_DELIVERY_LIMIT = 1_000_000  # looking at a dead letter gives it back, which brokers count


@dataclass(frozen=True, slots=True)
class Delay:
    """A shared queue in which a message waits before it is tried again; also the name of the exchange before it."""

    name: str
    seconds: float


DELAYS: Sequence[Delay] = (
    Delay("retry.5s", 5),
    Delay("retry.30s", 30),
    Delay("retry.5m", 300),
    Delay("retry.30m", 1800),
)
"""One after the other; a message that fails after the last is dead-lettered."""


def dead_letter_queue(service: str) -> str:
    """The name of a service's queue of dead letters."""
    return f"{service}.dlq"


async def declare(
    channel: "AbstractChannel", service: str, queues: "Iterable[QueuePlan]", delays: Sequence[Delay] = DELAYS
) -> None:
    """Make everything a service publishes to and consumes from; idempotent.

    Raises aio_pika.exceptions.ChannelPreconditionFailed when a queue exists with other arguments.
    """
    await _declare_events(channel)
    for delay in delays:
        await _declare_delay(channel, delay)
    await channel.declare_queue(
        dead_letter_queue(service), durable=True, arguments=_quorum(**{"x-delivery-limit": _DEAD_LETTER_DELIVERY_LIMIT})
    )
    for plan in queues:
        await _declare_queue(channel, service, plan)


async def _declare_events(channel: "AbstractChannel") -> None:
    unrouted = await channel.declare_exchange(UNROUTED, ExchangeType.FANOUT, durable=True)
    kept = await channel.declare_queue(UNROUTED, durable=True, arguments=_quorum())
    await kept.bind(unrouted)
    await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True, arguments={"alternate-exchange": UNROUTED})


async def _declare_delay(channel: "AbstractChannel", delay: Delay) -> None:
    """The message keeps the routing key it is published with, its queue's name, which brings it home."""
    exchange = await channel.declare_exchange(delay.name, ExchangeType.FANOUT, durable=True)
    arguments = _quorum(**_dead_lettering_to(""), **{"x-message-ttl": int(delay.seconds * 1000)})
    queue = await channel.declare_queue(delay.name, durable=True, arguments=arguments)
    await queue.bind(exchange)


async def _declare_queue(channel: "AbstractChannel", service: str, plan: "QueuePlan") -> None:
    arguments = _quorum(**_dead_lettering_to(dead_letter_queue(service)), **{"x-delivery-limit": DELIVERY_LIMIT})
    queue = await channel.declare_queue(plan.name, durable=True, arguments=arguments)
    for routing_key in sorted(plan.routing_keys):
        await queue.bind(EVENTS, routing_key)


async def prune(queue: "AbstractQueue", plan: "QueuePlan", known: Iterable[str]) -> None:
    """Unbind a queue from every event type that is `known` and that none of its handlers wants; idempotent.

    The broker cannot be asked for a queue's bindings over AMQP, and to unbind what is not bound is no error. A type
    that is known no longer has no publisher either.
    """
    for routing_key in sorted(frozenset(known) - plan.routing_keys):
        await queue.unbind(EVENTS, routing_key)


def _quorum(**arguments: "str | int") -> "FieldTable":
    return {"x-queue-type": "quorum", **arguments}


def _dead_lettering_to(queue: str) -> dict[str, str | int]:
    """Arguments that hand on what leaves a queue, without loss; unnamed, its own routing key says where to."""
    return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # the strategy needs it
        **({"x-dead-letter-routing-key": queue} if queue else {}),
    }
