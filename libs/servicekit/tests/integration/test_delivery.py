"""From an outbox through the real broker to a handler: to everybody who listens, and once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.cart import CartCreated, CartViewed
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.messaging.broker import Broker
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import UNROUTED
from servicekit.testing import envelope_of, poll

from .conftest import Working
from .delivering import bodies, message_with, note, publish
from .recorded_events import created, viewed


async def waiting(database: Database, company_id: UUID) -> int:
    """How many of a company's events are not yet marked as sent."""
    async with database.unit(company_id) as unit:
        return int(await unit.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL"))


async def test_an_event_takes_effect_once_however_often_it_is_delivered(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """The broker promises at least once; the inbox makes it once."""

    @subscriptions.on(CartCreated, name="notes.once", queue="carts")
    async def once(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, "effect")

    event, last = envelope_of(created(company_id)), envelope_of(created(company_id))
    async with working(subscriptions):
        for copy in (event, event, event, last):
            await broker.publish(message_with(copy), exchange="", routing_key=f"{subscriptions.service}.carts")
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) >= 2)

    assert await bodies(database, company_id) == ["effect", "effect"]


async def test_a_committed_event_reaches_every_queue_that_listens(
    database: Database, company_id: UUID, subscriptions: Subscriptions[None], working: Working
) -> None:
    """One by one and in batches, with its data, its version and its cause intact."""
    recorded = created(company_id, version=3)

    @subscriptions.on(CartCreated, name="notes.single", queue="carts")
    async def single(event: Envelope[CartCreated], unit: Unit) -> None:
        assert (event.data, event.subject, event.aggregateversion) == (recorded.data, recorded.aggregate_id, 3)
        await note(event, unit, "single")

    @subscriptions.batch(CartCreated, CartViewed, name="notes.batch", queue="log", linger_seconds=0.05)
    async def batch(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        for event in events:
            await note(event, unit, f"batch {event.type}")

    async with working(subscriptions):
        await publish(database, company_id, recorded, viewed(company_id))
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == 3)

    assert await bodies(database, company_id) == ["batch cart.created.v1", "batch cart.viewed.v1", "single"]


async def test_an_event_is_marked_when_confirmed_and_sent_by_the_next_relay_when_not(
    database: Database, company_id: UUID, subscriptions: Subscriptions[None], working: Working
) -> None:
    """A worker that stops leaves nothing behind; what was committed meanwhile is sent by the next."""

    @subscriptions.on(CartCreated, name="notes.resumed", queue="carts")
    async def resumed(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, "arrived")

    async with working(subscriptions):
        await publish(database, company_id, created(company_id))
        await poll(lambda: bodies(database, company_id))
    await publish(database, company_id, created(company_id))
    async with working(subscriptions):
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == 2)
        await poll(lambda: waiting(database, company_id), lambda count: count == 0)


async def test_only_one_relay_publishes(
    database: Database, company_id: UUID, subscriptions: Subscriptions[None], working: Working
) -> None:
    """Two workers of a service share the work of its queues, but each event is sent by one of them."""
    deliveries: list[UUID] = []

    @subscriptions.on(CartCreated, name="notes.counted", queue="carts")
    async def counted(event: Envelope[CartCreated], unit: Unit) -> None:
        deliveries.append(event.id)
        await note(event, unit, "counted")

    async with working(subscriptions), working(subscriptions):
        await publish(database, company_id, *(created(company_id) for _ in range(100)))
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == 100)

    assert len(deliveries) == len(set(deliveries)) == 100


async def test_an_event_that_nobody_listens_to_is_kept_aside(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """It waits in evt.unrouted, where it raises an alert, instead of being lost without a word."""

    @subscriptions.on(CartCreated, name="notes.other", queue="carts")
    async def other(event: Envelope[CartCreated], unit: Unit) -> None: ...

    stray = message_with(envelope_of(viewed(company_id)), type="nobody.listens.v1")
    async with working(subscriptions):
        await broker.publish(stray, exchange="evt", routing_key="nobody.listens.v1")

    async def found() -> bool:
        channel = await broker.channel()
        queue = await channel.declare_queue(UNROUTED, passive=True)
        while (message := await queue.get(fail=False)) is not None:
            if message.message_id == stray.id:
                await message.ack()
                await channel.close()
                return True
        await channel.close()
        return False

    assert await poll(found)
