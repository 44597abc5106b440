"""Delivering an event to a service's handlers as its consumer would, without a broker."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Envelope, RecordedEvent
from contracts.registry import parse
from contracts.schema_ids import schema_id

from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging.dispatch import handle_batch, handle_once
from servicekit.messaging.subscriptions import Subscriptions


def envelope_of(event: RecordedEvent[Any], *, source: str = "test") -> Envelope[Any]:
    """Put an event in an envelope with a new event id, and take it through its form on the wire."""
    envelope = Envelope[Any](
        id=new_id(),
        source=source,
        type=event.data.type,
        subject=event.aggregate_id,
        time=event.occurred_at,
        dataschema=schema_id(event.data.type),
        companyid=event.company_id,
        aggregateversion=event.version,
        data=event.data,
    )
    return parse(envelope.type, envelope.model_dump_json(by_alias=True).encode())


async def deliver(
    subscriptions: Subscriptions[Any], event: RecordedEvent[Any] | Envelope[Any], database: Database
) -> list[str]:
    """Run every handler that listens to the event, each in its transaction with its inbox row, as the consumer does.

    Returns the names of the handlers that ran: delivering the same envelope again returns none. What a handler raises
    is raised.
    """
    envelope = event if isinstance(event, Envelope) else envelope_of(event)
    ran = []
    for plan in subscriptions.queues.values():
        for subscription in plan.handlers:
            if envelope.type in subscription.events and await handle_once(database, subscription, envelope):
                ran.append(subscription.name)
        if plan.batch and envelope.type in plan.batch.events and await handle_batch(database, plan.batch, [envelope]):
            ran.append(plan.batch.name)
    return ran


async def deliver_again(
    subscriptions: Subscriptions[Any], events: Sequence[Envelope[Any]], database: Database, times: int = 2
) -> None:
    """Deliver events under other ids, the newest first, as often as `times`: what owners publish again may come so."""
    for _ in range(times):
        for event in reversed(events):
            await deliver(subscriptions, event.model_copy(update={"id": new_id()}), database)
