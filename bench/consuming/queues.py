"""The queues of a service: filling them, and knowing when everything in them was handled."""

import asyncio
import importlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import asyncpg
from contracts.envelope import Envelope
from servicekit.messaging.subscriptions import QueuePlan

from bench.errors import BenchError
from bench.stack import Stack

WAIT_SECONDS = 180.0
_AT_ONCE = 500


class Queues:
    """Those of one service, and its inbox, which has a row for each event that a handler has handled."""

    def __init__(
        self, plans: Sequence[QueuePlan], database: "asyncpg.Connection[asyncpg.Record]", channel: Any
    ) -> None:
        self._plans, self._database, self._channel = plans, database, channel

    def deliveries(self, events: Sequence[Envelope[Any]]) -> list[tuple[str, aio_pika.Message]]:
        """Each event as a message for each queue that wants it."""
        return [
            (plan.name, _message(event)) for event in events for plan in self._plans if event.type in plan.routing_keys
        ]

    def effects(self, events: Sequence[Envelope[Any]]) -> int:
        """How many rows the inbox gets by them."""
        handlers = [handler for plan in self._plans for handler in plan.subscriptions]
        return sum(event.type in handler.events for event in events for handler in handlers)

    async def publish(self, deliveries: Sequence[tuple[str, aio_pika.Message]]) -> None:
        """Put them into the queues."""
        exchange = self._channel.default_exchange
        for start in range(0, len(deliveries), _AT_ONCE):
            part = deliveries[start : start + _AT_ONCE]
            await asyncio.gather(*(exchange.publish(message, routing_key=queue) for queue, message in part))

    async def until_consumed_by(self, workers: int) -> None:
        """Wait until so many workers listen to every queue."""

        async def listening() -> bool:
            return all(queue.consumer_count == workers for queue in await self._declared())

        await _until(listening, f"{workers} workers did not start")

    async def handled(self) -> int:
        """How many rows the inbox has."""
        count: int = await self._database.fetchval("SELECT count(*) FROM inbox")
        return count

    async def until_handled(self, count: int) -> None:
        """Wait until the inbox has so many rows; it is looked at only when nothing waits in the queues."""

        async def empty() -> bool:
            return not any(queue.message_count for queue in await self._declared())

        async def done() -> bool:
            return await self.handled() >= count

        await _until(empty, "the queues did not become empty")
        await _until(done, "what was in the queues was not handled")

    async def _declared(self) -> list[Any]:
        queues = [await self._channel.declare_queue(plan.name, passive=True) for plan in self._plans]
        return [queue.declaration_result for queue in queues]


@asynccontextmanager
async def queues_of(stack: Stack, service: str) -> AsyncGenerator[Queues]:
    """Open what is needed to fill and to look."""
    plans = importlib.import_module(f"{service}.subscriptions").subscriptions.queues.values()
    async with (
        stack.looking_into(service) as database,
        await aio_pika.connect(stack.addresses.servers.rabbitmq_url) as broker,
    ):
        yield Queues(list(plans), database, await broker.channel())


def _message(event: Envelope[Any]) -> aio_pika.Message:
    return aio_pika.Message(
        event.model_dump_json(by_alias=True).encode(),
        content_type="application/cloudevents+json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(event.id),
        type=event.type,
        timestamp=event.time,
    )


async def _until(probe: Callable[[], Awaitable[bool]], failure: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not await probe():
        if time.monotonic() > deadline:
            raise BenchError(f"{failure} within {WAIT_SECONDS:.0f} s")
        await asyncio.sleep(0.02)
