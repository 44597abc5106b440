"""A broker, and workers of services that exist for one test only."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest
from servicekit.db import Database
from servicekit.messaging.broker import Broker
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import dead_letter_queue
from servicekit.testing import Servers, running_worker

Working = Callable[[Subscriptions[None]], AbstractAsyncContextManager[None]]


@pytest.fixture(scope="session")
async def broker(servers: Servers) -> AsyncGenerator[Broker]:
    """A connection to the broker."""
    broker = await Broker.connect(servers.rabbitmq_url, name="tests", within=30)
    yield broker
    await broker.close()


@pytest.fixture
async def subscriptions(broker: Broker) -> AsyncGenerator[Subscriptions[None]]:
    """Subscriptions of a service of one's own, so that its queues are one's own; they are deleted in the end."""
    subscriptions = Subscriptions[None](f"notes-{uuid4().hex[:8]}")
    yield subscriptions
    channel = await broker.channel()
    for name in (*subscriptions.queues, dead_letter_queue(subscriptions.service)):
        await channel.queue_delete(name)
    await channel.close()


@pytest.fixture
def working(broker: Broker, database: Database) -> Working:
    """Workers that share the tests' database and broker."""
    return lambda subscriptions: running_worker(subscriptions, database, broker)
