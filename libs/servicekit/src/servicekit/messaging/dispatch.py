"""Running handlers: once per event, in the transaction that remembers it."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Envelope

from servicekit.db import Database
from servicekit.messaging import inbox
from servicekit.messaging.subscriptions import BatchSubscription, Subscription
from servicekit.observability.causality import caused_by


async def handle_once(database: Database, subscription: Subscription, envelope: Envelope[Any]) -> bool:
    """Run a handler in a transaction of the event's tenant; False when it has handled the event before.

    What the subscription does afterwards is done once that is committed, and again with each delivery.
    """
    with caused_by(str(envelope.id), envelope.correlationid):
        async with database.unit(envelope.companyid) as unit:
            first = await inbox.first_time(unit, subscription.name, envelope.id)
            if first:
                await subscription.handle(envelope, unit)
        if subscription.afterwards is not None:
            subscription.afterwards(envelope)
        return first


async def handle_batch(database: Database, subscription: BatchSubscription, envelopes: Sequence[Envelope[Any]]) -> int:
    """Run a batch handler in one system transaction with the events it has not handled before; return how many.

    An event that is in the batch twice counts once. The order of arrival is kept.
    """
    distinct = {envelope.id: envelope for envelope in envelopes}
    async with database.system_unit() as unit:
        unseen = await inbox.first_times(unit, subscription.name, list(distinct))
        events = [envelope for envelope in distinct.values() if envelope.id in unseen]
        if events:
            await subscription.handle(events, unit)
        return len(events)
