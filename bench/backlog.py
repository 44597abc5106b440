"""What waits between an add and the dashboards, second by second: outbox, queues, analytics."""

import asyncio
import importlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import aio_pika
import asyncpg
from cartwheel_local.services import SERVICES

from bench.errors import BenchError
from bench.stack import Stack

INTERVAL_SECONDS = 1.0
DRAIN_SECONDS = 120.0

_OUTBOX = "SELECT count(*), coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float FROM outbox"
_UNSENT = f"{_OUTBOX} WHERE published_at IS NULL"
_WRITTEN = "SELECT count(*) FROM outbox WHERE type LIKE 'cart.%'"
_SEEN = "SELECT count(*) FROM events WHERE type LIKE 'cart.%'"
_TO_BROKER = """SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
    ORDER BY extract(epoch FROM published_at - occurred_at)) FROM outbox WHERE occurred_at >= $1"""
_TO_ANALYTICS = """SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
    ORDER BY extract(epoch FROM received_at - occurred_at))
    FROM events WHERE type LIKE 'cart.%' AND occurred_at >= $1"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What waits at one moment; `at` is seconds since the load began."""

    at: float
    unsent: int
    oldest_seconds: float
    queued: int
    analytics_behind: int

    def as_json(self) -> dict[str, float]:
        """For the file of results."""
        return asdict(self)

    @property
    def waiting(self) -> int:
        """Everything that somebody has still to take in."""
        return self.unsent + self.queued + self.analytics_behind


class Backlog:
    """Looks from outside: at both databases and at the broker."""

    def __init__(
        self,
        cart: "asyncpg.Connection[asyncpg.Record]",
        analytics: "asyncpg.Connection[asyncpg.Record]",
        channel: Any,  # aio-pika's channel, whose class depends on how it was opened
    ) -> None:
        self._cart, self._analytics, self._channel = cart, analytics, channel
        self._queues = [name for service in SERVICES for name in _queues_of(service)]

    async def sample(self, started: float) -> Sample:
        """What waits now."""
        unsent, oldest = await self._one_row(_UNSENT)
        written, seen = await self._cart.fetchval(_WRITTEN), await self._analytics.fetchval(_SEEN)
        queues = [await self._channel.declare_queue(name, passive=True) for name in self._queues]
        queued = sum(queue.declaration_result.message_count or 0 for queue in queues)
        return Sample(time.monotonic() - started, unsent, oldest, queued, written - seen)

    async def watch(self, started: float, samples: list[Sample]) -> None:
        """Add a sample every second until cancelled."""
        while True:
            samples.append(await self.sample(started))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def until_empty(self, started: float) -> float:
        """Wait until nothing waits, and return the seconds since `started`; raises BenchError after two minutes."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < deadline:
            if (await self.sample(started)).waiting == 0:
                return time.monotonic() - started
            await asyncio.sleep(0.1)
        raise BenchError(f"the pipeline had not caught up {DRAIN_SECONDS:.0f} s after the load")

    async def moment(self) -> Any:
        """The databases' own time, from which delays are counted."""
        return await self._cart.fetchval("SELECT now()")

    async def delays(self, since: Any) -> Mapping[str, list[float]]:
        """P50, P95, P99 in milliseconds from an event to its confirmed publication, and to analytics taking it in."""
        found = {
            "commit to broker": await self._cart.fetchval(_TO_BROKER, since),
            "commit to analytics": await self._analytics.fetchval(_TO_ANALYTICS, since),
        }
        return {name: [float(value) * 1000 for value in values or ()] for name, values in found.items()}

    async def _one_row(self, sql: str) -> tuple[int, float]:
        row = await self._cart.fetchrow(sql)
        return (0, 0.0) if row is None else (row[0], row[1])


@asynccontextmanager
async def looking_at(stack: Stack) -> AsyncGenerator[Backlog]:
    """Open what is needed to look."""
    async with (
        stack.looking_into("cart") as cart,
        stack.looking_into("analytics") as analytics,
        await aio_pika.connect(stack.addresses.servers.rabbitmq_url) as broker,
    ):
        yield Backlog(cart, analytics, await broker.channel())


def _queues_of(service: str) -> list[str]:
    return list(importlib.import_module(f"{service}.subscriptions").subscriptions.queues)
