"""Running a service's worker inside a test, against the real broker."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from servicekit.db import Database
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.breaker import Pauses
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import Delay, declare
from servicekit.roles.worker import Worker

QUICK = (Delay("retry.test.200ms", 0.2), Delay("retry.test.300ms", 0.3))
"""Delays that a test can wait for; queues of their own, beside production's."""
SHORT = Pauses(0.05, 0.1)
"""Pauses of a queue that a test can wait for."""


@asynccontextmanager
async def running_worker(
    subscriptions: Subscriptions[Any],
    database: Database,
    broker: Broker,
    *,
    delays: Sequence[Delay] = QUICK,
    pauses: Pauses = SHORT,
) -> AsyncGenerator[None]:
    """Declare what the service needs and run its relay and consumers, as its process would."""
    channel = await broker.channel()
    await declare(channel, subscriptions.service, subscriptions.queues.values(), delays)
    await channel.close()
    worker = Worker(subscriptions.service, database, broker, subscriptions=subscriptions, delays=delays, pauses=pauses)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running
