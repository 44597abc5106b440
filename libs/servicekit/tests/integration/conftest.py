"""A broker, and workers of services that exist for one test only."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

import pytest
from servicekit.broker import Broker
from servicekit.db import Database
from servicekit.subscriptions import Subscriptions
from servicekit.testing import Servers
from servicekit.topology import Delay, dead_letter_queue, declare
from servicekit.worker import Worker

QUICK = (Delay("retry.test.200ms", 0.2), Delay("retry.test.300ms", 0.3))
"""Delays for tests; production's are the same queues with other names and times."""

Working = Callable[[Subscriptions], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def running_worker(subscriptions: Subscriptions, database: Database, broker: Broker) -> AsyncGenerator[None]:
    """Declare what a service needs and run its worker, as a process would."""
    channel = await broker.channel()
    await declare(channel, subscriptions.service, subscriptions.queues.values(), QUICK)
    await channel.close()
    worker = Worker(subscriptions.service, database, broker, subscriptions=subscriptions, delays=QUICK)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


@pytest.fixture(scope="session")
async def broker(servers: Servers) -> AsyncGenerator[Broker]:
    """A connection to the broker."""
    broker = await Broker.connect(servers.rabbitmq_url, name="tests", within=30)
    yield broker
    await broker.close()


@pytest.fixture
async def subscriptions(broker: Broker) -> AsyncGenerator[Subscriptions]:
    """Subscriptions of a service of one's own, so that its queues are one's own; they are deleted in the end."""
    subscriptions = Subscriptions(f"notes-{uuid4().hex[:8]}")
    yield subscriptions
    channel = await broker.channel()
    for name in (*subscriptions.queues, dead_letter_queue(subscriptions.service)):
        await channel.queue_delete(name)
    await channel.close()


@pytest.fixture
def working(broker: Broker, database: Database) -> Working:
    """Workers that share the tests' database and broker."""
    return lambda subscriptions: running_worker(subscriptions, database, broker)
