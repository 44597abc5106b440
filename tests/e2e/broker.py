"""The message broker seen from outside: what passes through it, delivered again, or spoiled."""

import importlib
import json
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aio_pika
import httpx
from servicekit.messaging.subscriptions import QueuePlan
from servicekit.messaging.topology import DELAYS, EVENTS, dead_letter_queue
from servicekit.testing.polling import poll

from .stack import SERVICES, Stack

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

PLANS: dict[str, QueuePlan] = {
    plan.name: plan
    for service in SERVICES
    for plan in importlib.import_module(f"{service}.subscriptions").subscriptions.queues.values()
}
"""Every queue of every service with what consumes it."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A message as the relay published it; `event` is its body."""

    routing_key: str
    message: aio_pika.Message
    event: dict[str, Any]

    @property
    def event_id(self) -> UUID:
        """The event's id."""
        return UUID(self.event["id"])


class Broker:
    """An open connection; `channel` confirms what it publishes."""

    def __init__(self, channel: "AbstractChannel") -> None:
        self.channel = channel

    @asynccontextmanager
    async def capturing(self, company_id: UUID) -> AsyncGenerator[list[Captured]]:
        """Keep a copy of each message about a company; the list is complete when the block has ended."""
        queue = await self.channel.declare_queue(exclusive=True)
        await queue.bind(EVENTS, "#")
        captured: list[Captured] = []
        yield captured
        await queue.unbind(EVENTS, "#")
        while (message := await queue.get(fail=False, no_ack=True)) is not None:
            event = json.loads(message.body)
            if event["companyid"] == str(company_id):
                captured.append(Captured(message.routing_key or "", _again(message), event))

    async def publish_again(self, captured: Sequence[Captured]) -> None:
        """Deliver messages once more to every queue that listens to them."""
        exchange = await self.channel.get_exchange(EVENTS)
        for copy in captured:
            await exchange.publish(copy.message, copy.routing_key)

    async def put_into(self, queue: str, event_type: str, body: bytes, event_id: UUID) -> None:
        """Put a message of the test's own making into one queue."""
        message = aio_pika.Message(
            body, message_id=str(event_id), type=event_type, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        await self.channel.default_exchange.publish(message, queue)

    async def drop_dead_letters(self, services: Iterable[str]) -> None:
        """Empty the dead letters of these services."""
        for service in services:
            await (await self.channel.get_queue(dead_letter_queue(service))).purge()

    async def let_delays_pass(self) -> int:
        """Hand on what waits for another attempt, as if its time had come, and return how many messages those were."""
        moved = 0
        for delay in DELAYS:
            queue = await self.channel.get_queue(delay.name)
            while (message := await queue.get(fail=False)) is not None:
                await self.channel.default_exchange.publish(_again(message), message.routing_key or "")
                await message.ack()
                moved += 1
        return moved

    async def give_up_one(self) -> None:
        """Have a message that keeps failing tried again until it has no attempt left, and no delay is waited for."""
        moved = 0

        async def is_given_up() -> bool:
            nonlocal moved
            moved += await self.let_delays_pass()  # of several delays at once, if the handler fails in between
            return moved >= len(DELAYS)

        await poll(is_given_up)


@asynccontextmanager
async def connected(stack: Stack) -> AsyncGenerator[Broker]:
    """A connection to the stack's broker."""
    async with await aio_pika.connect(stack.env["RABBITMQ_URL"]) as connection:
        yield Broker(await connection.channel())


def deliveries_of(captured: Sequence[Captured]) -> int:
    """How many deliveries to handlers these messages are when each goes once to every queue."""
    listening = [subscription.events for plan in PLANS.values() for subscription in plan.subscriptions]
    return sum(copy.routing_key in events for copy in captured for events in listening)


async def duplicates(stack: Stack) -> int:
    """How many deliveries all workers together have recognised as having taken effect before."""
    total = 0.0
    async with httpx.AsyncClient() as client:
        for service in SERVICES:
            lines = (await client.get(f"{stack.worker_url(service)}/metrics")).text.splitlines()
            total += sum(float(line.split()[-1]) for line in lines if line.startswith("events_duplicate_total{"))
    return round(total)


def _again(message: "AbstractIncomingMessage") -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers=message.headers,
        content_type=message.content_type,
        message_id=message.message_id,
        type=message.type,
        timestamp=message.timestamp,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
