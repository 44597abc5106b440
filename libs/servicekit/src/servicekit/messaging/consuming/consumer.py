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
from servicekit.messaging.consuming.breaker import QueueBreaker
from servicekit.messaging.consuming.contention import begin_again
from servicekit.messaging.consuming.failed_messages import FailedMessages, failure_of
from servicekit.messaging.consuming.intake import acknowledge, consuming
from servicekit.messaging.consuming.outages import outlast
from servicekit.messaging.consuming.probing import probe
from servicekit.messaging.consuming.retries import Failure
from servicekit.messaging.dispatch import handle_once
from servicekit.messaging.spans import process_span
from servicekit.messaging.subscriptions import QueuePlan, Subscription
from servicekit.shutdown import until

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage


class Consumer:
    """Runs the handlers of one queue."""

    def __init__(
        self, database: Database, broker: Broker, plan: QueuePlan, failed: FailedMessages, breaker: QueueBreaker
    ) -> None:
        self._database = database
        self._broker = broker
        self._plan = plan
        self._failed = failed
        self._breaker = breaker

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish what is in hand; pause while the breaker is open."""

        async def take(message: "AbstractIncomingMessage") -> None:
            if self._breaker.is_open:  # delivered before the broker had read that no more is taken
                await self._failed.give_back(message, self._plan.name)
                await acknowledge(message)
            else:
                await self._handle(message, stop)

        while not stop.is_set():
            async with consuming(self._broker, self._plan.name, take, prefetch=self._plan.prefetch, stop=stop):
                await until(self._breaker.opened.wait(), stop)
            await probe(self._broker, self._breaker, partial(self._handle, stop=stop), stop)

    async def _handle(self, message: "AbstractIncomingMessage", stop: asyncio.Event) -> None:
        with process_span(message, self._plan.name), metrics.HANDLING.labels(self._plan.name).time():
            envelope = await self._failed.read(message, self._plan.name, self._plan.routing_keys)
            if envelope is not None:
                await self._run_all(message, envelope, stop)
            await acknowledge(message)

    async def _run_all(self, message: "AbstractIncomingMessage", envelope: Envelope[Any], stop: asyncio.Event) -> None:
        failure = await self._attempt(envelope, stop)
        if failure is None:
            self._breaker.succeeded()
        else:
            await self._failed.fail(message, self._breaker, failure)

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
        causes=tuple(cause for failure in failures for cause in failure.causes),
    )
