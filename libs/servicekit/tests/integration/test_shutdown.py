"""A worker that is stopped in the middle of something: what it did not handle is delivered again."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.batch import BatchConsumer
from servicekit.messaging.consuming.breaker import QueueBreaker
from servicekit.messaging.consuming.failed_messages import FailedMessages
from servicekit.messaging.subscriptions import BatchSubscription, Subscriptions
from servicekit.messaging.topology import declare
from servicekit.testing import envelope_of, poll

from .conftest import Working
from .delivering import bodies, message_with, note
from .recorded_events import created


async def test_a_batch_that_was_not_handled_is_not_acknowledged_with_the_next(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """The database is away when the worker is stopped, and back a moment later, with another batch at hand."""
    taken, stop, next_arrived = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @subscriptions.batch(CartCreated, name="notes.logged", queue="log", size=2, linger_seconds=0.01)
    async def logged(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        if not stop.is_set():
            taken.set()
            await next_arrived.wait()
            stop.set()
            raise ConnectionRefusedError("the database is away")
        for event in events:
            await note(event, unit, str(event.id))

    first, second = envelope_of(created(company_id)), envelope_of(created(company_id))
    queue = f"{subscriptions.service}.log"
    await declare(await broker.channel(), subscriptions.service, subscriptions.queues.values())
    consuming = asyncio.create_task(consumer_of(subscriptions, database, broker, stop).run(stop))
    await broker.publish(message_with(first), exchange="", routing_key=queue)
    await taken.wait()
    await broker.publish(message_with(second), exchange="", routing_key=queue)
    await poll(lambda: broker.depths([queue]), lambda depths: depths[queue] == 0)
    next_arrived.set()
    await consuming

    async with working(subscriptions):
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == 2)

    assert await bodies(database, company_id) == sorted([str(first.id), str(second.id)])


def consumer_of(
    subscriptions: Subscriptions[None], database: Database, broker: Broker, stop: asyncio.Event
) -> BatchConsumer:
    """The consumer of a service's only queue, as its worker makes it."""
    [plan] = subscriptions.queues.values()
    assert isinstance(plan.batch, BatchSubscription)
    failed = FailedMessages(broker, subscriptions.service, stop)
    return BatchConsumer(database, broker, plan.name, plan.batch, failed, QueueBreaker(plan.name))
