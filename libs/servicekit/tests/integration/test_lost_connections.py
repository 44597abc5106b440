"""A connection to the broker that ends while something waits for it: who waits is told, and nobody waits for good."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aio_pika.abc import AbstractIncomingMessage
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.ids import new_id
from servicekit.messaging import broker as broker_module
from servicekit.messaging.broker import Broker, Message, PublishFailed, QueueAbsent
from servicekit.messaging.consuming.intake import acknowledge
from servicekit.messaging.subscriptions import PREFETCH, Subscriptions
from servicekit.testing import Servers, Wire, envelope_of, poll, running_worker, wired

from .delivering import bodies, message_with, note
from .recorded_events import created

MANY = 1_000
"""More than the library's queue of frames and the sockets' buffers take at once."""


@pytest.fixture
async def wire_and_broker(servers: Servers) -> AsyncGenerator[tuple[Wire, Broker]]:
    """A broker's connection of one's own, through a wire."""
    async with wired(servers.rabbitmq_url) as (wire, url):
        broker = await Broker.connect(url, name="wired", within=30)
        yield wire, broker
        wire.mend()
        await broker.close()


def message() -> Message:
    """Some message."""
    return Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC))


async def test_what_waits_for_a_confirm_when_the_broker_is_closed_has_failed(
    wire_and_broker: tuple[Wire, Broker],
) -> None:
    """The library cancels who waits, which would end the relay without a word."""
    wire, broker = wire_and_broker
    queue = await (await broker.channel()).declare_queue(exclusive=True)
    wire.stall()
    publishing = asyncio.create_task(broker.publish(message(), exchange="", routing_key=queue.name, timeout=60))
    await asyncio.sleep(0)
    wire.cut()

    await broker.close()

    with pytest.raises(PublishFailed, match="connection lost"):
        await publishing


async def test_a_missed_heartbeat_is_a_failure_to_publish(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that swallows packets ends the connection after some heartbeats; publishing then goes on by another."""
    monkeypatch.setattr(broker_module, "HEARTBEAT_SECONDS", 1)
    async with wired(servers.rabbitmq_url) as (wire, url):
        broker = await Broker.connect(url, name="heartbeat", within=30)
        queue = await (await broker.channel()).declare_queue(f"heartbeat-{new_id()}", auto_delete=True)
        wire.stall()

        with pytest.raises(PublishFailed, match="connection lost"):
            await broker.publish(message(), exchange="", routing_key=queue.name, timeout=60)
        wire.mend()
        assert await poll(lambda: arrives(broker, queue.name))
        await broker.close()


async def arrives(broker: Broker, queue: str) -> bool:
    """Whether a message can be published."""
    try:
        await broker.publish(message(), exchange="", routing_key=queue)
    except PublishFailed:
        return False
    return True


async def test_acknowledging_ends_when_the_connection_does(wire_and_broker: tuple[Wire, Broker]) -> None:
    """What is acknowledged while the connection breaks comes again; whoever acknowledges it must not hang."""
    wire, broker = wire_and_broker
    queue = await (await broker.channel()).declare_queue(f"acknowledged-{new_id()}", auto_delete=True)
    received: list[AbstractIncomingMessage] = []

    async def receive(incoming: AbstractIncomingMessage) -> None:
        received.append(incoming)

    async def count() -> int:
        return len(received)

    await queue.consume(receive)
    await asyncio.gather(*(broker.publish(message(), exchange="", routing_key=queue.name) for _ in range(MANY)))
    await poll(count, lambda arrived: arrived == MANY)
    wire.cut()

    async with asyncio.timeout(20):
        await asyncio.gather(*(acknowledge(incoming) for incoming in received))


async def test_looking_for_an_absent_queue_leaves_no_channel_behind(broker: Broker) -> None:
    """A worker that waits for its queues looks for them again and again."""
    before = await next_channel_number(broker)

    for _ in range(3):
        with pytest.raises(QueueAbsent):
            async with broker.existing_queue("nowhere"):
                raise AssertionError("it is there")

    assert await broker.depths(["nowhere", "nowhere else"]) == {}
    assert await next_channel_number(broker) == before


async def next_channel_number(broker: Broker) -> int | None:
    """The number that a new channel gets: one above the highest that is open."""
    channel = await broker.channel()
    await channel.close()
    return channel.number


async def test_a_publisher_that_the_broker_does_not_read_from_keeps_nobody_from_consuming(
    wire_and_broker: tuple[Wire, Broker],
    broker: Broker,
    database: Database,
    company_id: UUID,
    subscriptions: Subscriptions[None],
) -> None:
    """A broker short of memory stops reading from who publishes; what it delivered is acknowledged all the same."""
    wire, blocked = wire_and_broker

    @subscriptions.on(CartCreated, name="notes.kept", queue="carts")
    async def kept(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, "kept")

    queue, count = f"{subscriptions.service}.carts", 3 * PREFETCH
    async with running_worker(subscriptions, database, blocked):
        wire.stall(connection=0)  # the broker connects to publish first
        for _ in range(count):
            copy = message_with(envelope_of(created(company_id)))
            await broker.publish(copy, exchange="", routing_key=queue)
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == count)
        wire.mend()

    assert await broker.depths([queue]) == {queue: 0}
