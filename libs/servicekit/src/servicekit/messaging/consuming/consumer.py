"""Consuming one queue, message by message (messaging.md, "Consuming").

A message is acknowledged when each of its handlers has committed, or when its copy that waits for another attempt (or
is a dead letter) is confirmed. So nothing is lost, a bad message does not hold up its neighbours, and a delivery that
comes again is recognised by the inbox.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from contracts.envelope import Envelope

from servicekit.db import Database
from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.intake import acknowledge, consuming
from servicekit.messaging.consuming.outages import Abandoned, outlast
from servicekit.messaging.consuming.reading import Unreadable, read
from servicekit.messaging.consuming.retries import Failure
from servicekit.messaging.consuming.settling import Settler
from servicekit.messaging.dispatch import handle_once
from servicekit.messaging.spans import mark_failed, process_span
from servicekit.messaging.subscriptions import QueuePlan, Subscription, Unprocessable
from servicekit.observability.error_line import error_line

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage


class Consumer:
    """Runs the handlers of one queue."""

    def __init__(self, database: Database, broker: Broker, plan: QueuePlan, settler: Settler) -> None:
        self._database = database
        self._broker = broker
        self._plan = plan
        self._settler = settler

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop, then finish what is in hand."""

        async def handle(message: "AbstractIncomingMessage") -> None:
            with process_span(message, self._plan.name), metrics.HANDLING.labels(self._plan.name).time():
                failure = await self._attempt(message, stop)
                if failure is not None:
                    mark_failed(failure.error)
                    await self._settler.put_aside(message, self._plan.name, failure)
                await acknowledge(message)

        async with consuming(self._broker, self._plan.name, handle, prefetch=self._plan.prefetch, stop=stop):
            await stop.wait()

    async def _attempt(self, message: "AbstractIncomingMessage", stop: asyncio.Event) -> Failure | None:
        """Run every handler that listens to the event; one that fails does not keep the others from theirs."""
        try:
            envelope = read(message)
        except Unreadable as error:
            return Failure((), str(error), final=True)
        handlers = [handler for handler in self._plan.handlers if envelope.type in handler.events]
        if not handlers:  # bound by a newer release that was rolled back: kept for its return
            return Failure((), f"no handler for {envelope.type} here", final=True)
        failures = [await self._run(handler, envelope, stop) for handler in handlers]
        return combine([failure for failure in failures if failure is not None])

    async def _run(self, handler: Subscription, envelope: Envelope[Any], stop: asyncio.Event) -> Failure | None:
        try:
            first = await outlast(self._database, stop, lambda: handle_once(self._database, handler, envelope))
        except Abandoned:
            raise
        except Exception as error:  # whatever a handler raises is its message's failure, nobody else's
            return Failure((handler.name,), error_line(error), final=isinstance(error, Unprocessable))
        (metrics.HANDLED if first else metrics.DUPLICATES).labels(handler.name).inc()
        return None


def combine(failures: Sequence[Failure]) -> Failure | None:
    """One failure of a message from those of its handlers; final only if a retry can help none of them."""
    if not failures:
        return None
    names = tuple(name for failure in failures for name in failure.handlers)
    return Failure(names, "; ".join(failure.error for failure in failures), all(failure.final for failure in failures))
