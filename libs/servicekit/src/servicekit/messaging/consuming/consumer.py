"""Consuming one queue, message by message (messaging.md, "Consuming").

A message is acknowledged when each of its handlers has committed, or when its copy that waits for another attempt (or
is a dead letter) is confirmed. So nothing is lost, a bad message does not hold up those behind it, and a delivery that
comes again is recognised by the inbox.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from contracts.envelope import Envelope

from servicekit.db import Database
from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.contention import begin_again
from servicekit.messaging.consuming.failed_messages import FailedMessages, failure_of
from servicekit.messaging.consuming.intake import acknowledge, consuming
from servicekit.messaging.consuming.outages import outlast
from servicekit.messaging.consuming.retries import Failure
from servicekit.messaging.dispatch import handle_once
from servicekit.messaging.spans import process_span
from servicekit.messaging.subscriptions import QueuePlan, Subscription

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage


class Consumer:
    """Runs the handlers of one queue."""

    def __init__(self, database: Database, broker: Broker, plan: QueuePlan, failed: FailedMessages) -> None:
        self._database = database
        self._broker = broker
        self._plan = plan
        self._failed = failed

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish what is in hand."""

        async def handle(message: "AbstractIncomingMessage") -> None:
            with process_span(message, self._plan.name), metrics.HANDLING.labels(self._plan.name).time():
                envelope = await self._failed.read(message, self._plan.name, self._plan.routing_keys)
                failure = await self._attempt(envelope, stop) if envelope is not None else None
                if failure is not None:
                    await self._failed.put_aside(message, self._plan.name, failure)
                await acknowledge(message)

        async with consuming(self._broker, self._plan.name, handle, prefetch=self._plan.prefetch, stop=stop):
            await stop.wait()

    async def _attempt(self, envelope: Envelope[Any], stop: asyncio.Event) -> Failure | None:
        """Run every handler that listens to the event; one that fails does not keep the others from theirs."""
        handlers = [handler for handler in self._plan.handlers if envelope.type in handler.events]
        failures = [await failure_of(handler.name, partial(self._run, handler, envelope, stop)) for handler in handlers]
        return combine([failure for failure in failures if failure is not None])

    async def _run(self, handler: Subscription, envelope: Envelope[Any], stop: asyncio.Event) -> None:
        handle = partial(handle_once, self._database, handler, envelope)
        first = await begin_again(handler.name, stop, lambda: outlast(self._database, stop, handle))
        (metrics.HANDLED if first else metrics.DUPLICATES).labels(handler.name).inc()


def combine(failures: Sequence[Failure]) -> Failure | None:
    """One failure of a message from those of its handlers.

    Final only if a retry can help none of them; it costs an attempt unless none of them does.
    """
    if not failures:
        return None
    names = tuple(name for failure in failures for name in failure.handlers)
    return Failure(
        names,
        "; ".join(failure.error for failure in failures),
        final=all(failure.final for failure in failures),
        costs_attempt=any(failure.costs_attempt for failure in failures),
    )
