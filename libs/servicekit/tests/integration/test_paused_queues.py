"""A queue of which nothing can be handled pauses, instead of emptying itself into the dead letters."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.messaging.broker import Broker
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.metrics import RETRIED
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.testing import Servers, poll, running_worker, wired

from .conftest import Working
from .delivering import bodies, note, publish
from .recorded_events import created

MESSAGES = 40
"""More than a worker holds of one queue, so that some wait in the queue while others are in hand."""


class Handler:
    """A handler that is broken until it is mended; it leaves a note for each event that it has handled."""

    def __init__(self) -> None:
        self.is_broken = True
        self.tries = Counter[UUID]()

    async def one(self, event: Envelope[CartCreated], unit: Unit) -> None:
        """Handle an event, by itself."""
        self.tries[event.subject] += 1
        if self.is_broken:
            raise RuntimeError("no such column")
        await note(event, unit, str(event.subject))

    async def many(self, events: Sequence[Envelope[Any]], unit: Unit) -> None:
        """Handle a batch."""
        for event in events:
            await self.one(event, unit)

    async def has_tried(self) -> int:
        """How many attempts there were."""
        return self.tries.total()


@pytest.mark.parametrize("way", ["one by one", "in batches"])
async def test_a_broken_handler_costs_no_message_its_attempts(
    way: str,
    database: Database,
    company_id: UUID,
    broker: Broker,
    subscriptions: Subscriptions[None],
    working: Working,
) -> None:
    """Five messages lose an attempt before it is seen; nothing is a dead letter, and all is handled once mended."""
    handler, queue = Handler(), f"{subscriptions.service}.carts"
    if way == "one by one":
        subscriptions.on(CartCreated, name="notes.broken", queue="carts")(handler.one)
    else:
        subscriptions.batch(CartCreated, name="notes.broken", queue="carts", size=30, linger_seconds=0.05)(handler.many)
    events = [created(company_id) for _ in range(MESSAGES)]

    async with working(subscriptions):
        await publish(database, company_id, *events)
        await poll(handler.has_tried, lambda tries: tries >= 30)  # most of them probes
        retried = RETRIED.labels(queue)._value.get()
        kept = await DeadLetters(broker, subscriptions.service).list()
        handler.is_broken = False
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == MESSAGES)

    assert kept == []
    assert retried == 5
    assert await bodies(database, company_id) == sorted(str(event.aggregate_id) for event in events)
    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_a_poisoned_message_alone_in_its_queue_does_not_pause_it(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """However often one message fails, it is one; after its attempts it is a dead letter."""
    handler = Handler()
    subscriptions.on(CartCreated, name="notes.choke", queue="carts")(handler.one)

    async with working(subscriptions):
        await publish(database, company_id, created(company_id))
        [dead_letter] = await poll(DeadLetters(broker, subscriptions.service).list)

    assert (dead_letter.attempts, handler.tries.total()) == (3, 3)


async def test_a_paused_queue_survives_the_loss_of_the_broker(
    database: Database, company_id: UUID, servers: Servers, subscriptions: Subscriptions[None]
) -> None:
    """The connection breaks between two probes; what is in the queue is handled once both are mended."""
    handler = Handler()
    subscriptions.on(CartCreated, name="notes.broken", queue="carts")(handler.one)

    async with wired(servers.rabbitmq_url) as (wire, url):
        broker = await Broker.connect(url, name="wired", within=30)
        async with running_worker(subscriptions, database, broker):
            await publish(database, company_id, *(created(company_id) for _ in range(MESSAGES)))
            await poll(handler.has_tried, lambda tries: tries >= 30)
            wire.cut()
            handler.is_broken = False
            wire.mend()
            await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == MESSAGES)
        kept = await DeadLetters(broker, subscriptions.service).list()
        await broker.close()

    assert kept == []
