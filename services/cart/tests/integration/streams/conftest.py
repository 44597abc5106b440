"""Two api processes with open tabs, and a worker's hints: on real servers."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from types import SimpleNamespace
from typing import cast

import pytest
from cart.main import create_app
from cart.parts import Parts
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from cart.streams.clients import HintSender
from cart.streams.use_cases.announce_changes import ChangeAnnouncer
from cart.subscriptions import subscriptions
from servicekit.db import Database
from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.messaging.relay import Relay
from servicekit.process.startup import open_redis
from servicekit.testing.live import serving


@pytest.fixture(scope="module")
def here(settings: CartSettings) -> Generator[str]:
    """The address of one api process."""
    with serving(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def there(settings: CartSettings) -> Generator[str]:
    """The address of another one."""
    with serving(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
async def hints(settings: CartSettings) -> AsyncGenerator[ChangeAnnouncer]:
    """What a worker says to the others; its handlers have it."""
    redis = open_redis(settings.redis_url)
    sender = HintSender(redis)
    announcer = ChangeAnnouncer(sender)
    subscriptions.bind(cast(Parts, SimpleNamespace(rules=CompiledRulesCache(), announcer=announcer)))
    yield announcer
    await sender.close()
    await redis.aclose()


@pytest.fixture(scope="module")
async def relay(settings: CartSettings, database: Database, hints: ChangeAnnouncer) -> AsyncGenerator[None]:
    """A relay that publishes what the outbox holds, and gives hints of it."""
    broker = await Broker.connect(settings.rabbitmq_url, name="tests of streams", within=30)
    channel = await broker.channel()
    await topology.declare(channel, "cart", ())
    await channel.close()
    stop = asyncio.Event()
    running = asyncio.create_task(Relay(database, broker, "cart", hints.announce_rows).run(stop))
    yield
    stop.set()
    await running
    await broker.close()
