"""Events that no queue took are sent again once one takes them, and none is lost on the way."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.unrouted import WINDOW, Unrouted
from servicekit.testing import Servers, poll

from .command_line import environment, run
from .delivering import ids_in

TAKEN, STRAY = "cart.updated.v1", "nobody.listens.v1"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange of a test's own, with what it puts aside; `name` is both of theirs, and of the consumer's queue."""

    name: str
    broker: Broker
    channel: AbstractChannel

    @property
    def unrouted(self) -> Unrouted:
        """What no queue took."""
        return Unrouted(self.broker, queue=f"{self.name}.unrouted", exchange=self.name)

    async def publish(self, event_type: str, count: int) -> set[str]:
        """Publish so many events; returns their ids."""
        now = datetime.now(UTC)
        messages = [Message(b"{}", str(uuid4()), event_type, now) for _ in range(count)]
        outcomes = await self.broker.publish_all(
            [(message, event_type) for message in messages], exchange=self.name, timeout=60
        )
        assert outcomes == [None] * count
        return {message.id for message in messages}

    async def bind(self) -> None:
        """Declare the consumer's queue, as its `migrate` does."""
        queue = await self.channel.declare_queue(self.name, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(self.name, TAKEN)


@pytest.fixture
async def exchange(broker: Broker) -> AsyncGenerator[Exchange]:
    """One like `evt`, whose consumer was not declared."""
    name, channel = f"notes.{uuid4().hex}", await broker.channel()
    kept = await channel.declare_exchange(f"{name}.unrouted", ExchangeType.FANOUT, durable=True)
    queue = await channel.declare_queue(f"{name}.unrouted", durable=True, arguments={"x-queue-type": "quorum"})
    await queue.bind(kept)
    await channel.declare_exchange(
        name, ExchangeType.TOPIC, durable=True, arguments={"alternate-exchange": f"{name}.unrouted"}
    )
    yield Exchange(name, broker, channel)
    for made in (name, f"{name}.unrouted"):
        await channel.queue_delete(made)
        await channel.exchange_delete(made)


async def test_what_a_queue_takes_by_now_reaches_it_and_the_rest_stays(exchange: Exchange) -> None:
    """Each once, in more than one window; sending them again changes nothing more."""
    missed, stray = await exchange.publish(TAKEN, WINDOW + 10), await exchange.publish(STRAY, 3)
    await poll(exchange.unrouted.types, lambda types: types.total() == WINDOW + 13)
    await exchange.bind()

    sent = await exchange.unrouted.send_again()

    assert sent == WINDOW + 13
    assert sorted(await ids_in(exchange.broker, exchange.name)) == sorted(missed)
    left = await poll(exchange.unrouted.types, lambda types: types.total() == 3)
    assert left == {STRAY: 3}
    aside = f"{exchange.name}.unrouted"  # to which they come back a little after the look
    await poll(lambda: exchange.broker.depths([aside]), lambda depths: depths[aside] == 3)
    assert await exchange.unrouted.send_again() == 3
    assert set(await ids_in(exchange.broker, aside)) == stray


def test_the_command_says_what_waits(monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str) -> None:
    """In a line a type, and one for all; other tests leave some."""
    env = environment(servers, database_url)
    assert run(monkeypatch, env, "migrate").exit_code == 0

    looked = run(monkeypatch, env, "unrouted")

    assert looked.exit_code == 0
    assert looked.stdout.endswith("events in evt.unrouted\n")
