"""An outbox that has filled up is sent fast, in order, and without a note for each row that had to wait."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aio_pika.abc import AbstractQueue
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.relay import Relay
from servicekit.messaging.topology import EVENTS
from servicekit.testing import Servers, poll

from .delivering import publish
from .recorded_events import created


@asynccontextmanager
async def relaying(database: Database, broker: Broker) -> AsyncGenerator[None]:
    """A relay at work."""
    stop = asyncio.Event()
    relay = asyncio.create_task(Relay(database, broker, "notes").run(stop))
    yield
    stop.set()
    await relay


async def outbox_counts(database: Database, company_id: UUID) -> tuple[int, int]:
    """How many events of a company wait, and how many have a note of a failure."""
    async with database.unit(company_id) as unit:
        row = await unit.fetchrow("SELECT count(*) FILTER (WHERE published_at IS NULL), count(last_error) FROM outbox")
    assert row is not None
    return row[0], row[1]


async def ids_in_order(database: Database, company_id: UUID) -> list[str]:
    """The ids of a company's events as they were written."""
    async with database.unit(company_id) as unit:
        return [row["id"] for row in await unit.fetch("SELECT event_id::text AS id FROM outbox ORDER BY outbox.id")]


@asynccontextmanager
async def listening(broker: Broker, arguments: dict[str, Any] | None = None) -> AsyncGenerator[AbstractQueue]:
    """A queue of carts that were created, deleted in the end."""
    channel = await broker.channel()
    queue = await channel.declare_queue(exclusive=True, arguments=arguments)
    await queue.bind(EVENTS, "cart.created.v1")
    try:
        yield queue
    finally:
        await queue.delete(if_unused=False, if_empty=False)
        await channel.close()


async def ids_of(queue: AbstractQueue) -> list[str]:
    """The ids of all messages in a queue, which is empty afterwards."""
    ids = []
    while (message := await queue.get(no_ack=True, fail=False)) is not None:
        ids.append(message.message_id or "")
    return ids


async def test_messages_of_one_turn_leave_in_few_sends(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call of the system for each message is a third of what the relay costs."""
    sizes: list[int] = []
    open_connection = asyncio.open_connection

    async def counting(*args: Any, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await open_connection(*args, **kwargs)
        write = writer.transport.write

        def noted(data: bytes) -> None:
            sizes.append(len(data))
            write(data)

        monkeypatch.setattr(writer.transport, "write", noted)
        return reader, writer

    monkeypatch.setattr(asyncio, "open_connection", counting)
    broker = await Broker.connect(servers.rabbitmq_url, name="counted", within=30)
    queue = await (await broker.channel()).declare_queue(exclusive=True)
    sizes.clear()

    messages = [Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC)) for _ in range(50)]
    await asyncio.gather(*(broker.publish(message, exchange="", routing_key=queue.name) for message in messages))

    assert len(sizes) <= 5
    arrived = [(await queue.get(no_ack=True)).message_id for _ in messages]
    assert arrived == [message.id for message in messages]
    await broker.close()


async def test_refused_events_are_sent_again_in_order_and_one_of_them_has_a_note(
    database: Database, company_id: UUID, broker: Broker
) -> None:
    """A full queue refuses whole windows: what is known of that is known from the first event that it refused."""
    cart_id, versions = new_id(), range(1, 41)
    await publish(database, company_id, *(created(company_id, cart_id=cart_id, version=n) for n in versions))

    full = listening(broker, {"x-max-length": 3, "x-overflow": "reject-publish"})
    async with AsyncExitStack() as refusing, AsyncExitStack() as working:
        await refusing.enter_async_context(full)  # before anybody publishes
        await working.enter_async_context(relaying(database, broker))
        await poll(lambda: outbox_counts(database, company_id), lambda counts: counts[1] > 0)
        waiting, noted = await outbox_counts(database, company_id)
        await refusing.aclose()
        async with listening(broker) as queue:
            await poll(lambda: outbox_counts(database, company_id), lambda counts: counts[0] == 0)
            arrived = await ids_of(queue)

    assert (0 < waiting < len(versions), noted) == (True, 1)
    assert arrived == (await ids_in_order(database, company_id))[-len(arrived) :]


async def test_an_outbox_of_many_looks_is_sent_once_and_in_order(
    database: Database, company_id: UUID, broker: Broker
) -> None:
    """The next rows are found while those before are on the way, and are not taken twice."""
    carts = [new_id() for _ in range(7)]
    events = [created(company_id, cart_id=carts[n % 7], version=n) for n in range(1, 3_001)]
    await publish(database, company_id, *events)

    async with listening(broker) as queue, relaying(database, broker):
        await poll(lambda: outbox_counts(database, company_id), lambda counts: counts[0] == 0)
        arrived = await ids_of(queue)

    assert arrived == await ids_in_order(database, company_id)
