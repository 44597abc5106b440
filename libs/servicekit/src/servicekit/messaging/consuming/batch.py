"""Consuming one queue many messages at a time, for handlers that append (analytics).

A batch is a few transactions, each of a share of its companies, and one acknowledgement. When a share fails it is
handled again event by event, so that only the bad ones are retried or dead-lettered. A share that met other
transactions' locks has no bad events: it is begun again whole, and is not taken apart.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from servicekit.db import Database
from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.breaker import QueueBreaker
from servicekit.messaging.consuming.contention import StillContended, begin_again
from servicekit.messaging.consuming.failed_messages import FailedMessages, failure_of
from servicekit.messaging.consuming.intake import acknowledge_all, consuming
from servicekit.messaging.consuming.outages import ShutdownRequested, outlast
from servicekit.messaging.consuming.probing import probe
from servicekit.messaging.consuming.retries import Failure, contended
from servicekit.messaging.consuming.shares import shares_of
from servicekit.messaging.dispatch import handle_batch
from servicekit.messaging.spans import process_spans
from servicekit.messaging.subscriptions import BatchSubscription

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

    from servicekit.messaging.consuming.shares import Readable


class BatchConsumer:
    """Runs the batch handler of one queue."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        queue: str,
        subscription: BatchSubscription,
        failed: FailedMessages,
        breaker: QueueBreaker,
    ) -> None:
        self._database = database
        self._broker = broker
        self._queue = queue
        self._subscription = subscription
        self._failed = failed
        self._breaker = breaker
        self._arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish what is in hand; the rest of the prefetch is delivered again.

        Pauses while the breaker is open.
        """
        while not stop.is_set():
            self._arrived = asyncio.Queue()
            await self._consume(stop)
            await probe(self._broker, self._breaker, lambda message: self._handle([message], stop), stop)

    async def _consume(self, stop: asyncio.Event) -> None:
        """Handle batch after batch, until `stop` is set or the breaker opens; then give back what has arrived.

        A batch that cannot be finished ends it: the acknowledgement of a later one would include it.
        """
        size = self._subscription.size
        async with consuming(self._broker, self._queue, self._arrived.put, prefetch=size, stop=stop) as take_no_more:
            ending = asyncio.create_task(self._end_with(stop))
            with suppress(ShutdownRequested):
                while not self._breaker.is_open and (batch := await self._gather()):
                    await self._handle(batch, stop)
                if self._breaker.is_open:
                    await take_no_more()
                    waiting = self._waiting()
                    await self._give_back(waiting)
                    await acknowledge_all(waiting)
                    ending.cancel()
                    return
            await ending

    def _waiting(self) -> "list[AbstractIncomingMessage]":
        arrived = [self._arrived.get_nowait() for _ in range(self._arrived.qsize())]
        return [message for message in arrived if message is not None]

    async def _end_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        await self._arrived.put(None)

    async def _gather(self) -> "list[AbstractIncomingMessage]":
        """Wait for the next batch: full, or what came within the linger time of its first; empty: it is the end."""
        batch: list[AbstractIncomingMessage] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as linger:
                while len(batch) < self._subscription.size:
                    message = await self._arrived.get()
                    if message is None:
                        if batch:  # handle these first
                            await self._arrived.put(None)
                        break
                    if not batch:
                        linger.reschedule(asyncio.get_running_loop().time() + self._subscription.linger_seconds)
                    batch.append(message)
        return batch

    async def _handle(self, batch: "Sequence[AbstractIncomingMessage]", stop: asyncio.Event) -> None:
        with process_spans(batch, self._queue), metrics.HANDLING.labels(self._queue).time():
            readable = [pair for message in batch if (pair := await self._readable(message)) is not None]
            await self._handle_shares(shares_of(readable, self._subscription.size), stop)
            await acknowledge_all(batch)

    async def _handle_shares(self, shares: "Sequence[list[Readable]]", stop: asyncio.Event) -> None:
        """Handle one after the other; those that meet locks once more at the end, and for longer."""
        hindered = []
        for number, share in enumerate(shares):
            if await self._handle_share(share, stop, longest_seconds=0.0):
                hindered.append(share)
            if self._breaker.is_open:
                await self._give_back([message for left in shares[number + 1 :] for message, _ in left])
                break
        for share in hindered:
            if hindrance := await self._handle_share(share, stop):
                await self._put_back(share, hindrance)

    async def _handle_share(
        self, share: "Sequence[Readable]", stop: asyncio.Event, longest_seconds: float | None = None
    ) -> Failure | None:
        """Handle a share; returns why not when it met locks for so long, and nothing of it was handled."""
        try:
            await self._run(share, stop, longest_seconds)
        except ShutdownRequested:
            raise
        except StillContended as error:
            return contended(self._subscription.name, error)
        except Exception:  # which event it was, and why, is found out one by one
            await self._run_one_by_one(share, stop)
        return None

    async def _readable(self, message: "AbstractIncomingMessage") -> "Readable | None":
        envelope = await self._failed.read(message, self._queue, self._subscription.events)
        return None if envelope is None else (message, envelope)

    async def _run(
        self, pairs: "Sequence[Readable]", stop: asyncio.Event, longest_seconds: float | None = None
    ) -> None:
        envelopes = [envelope for _, envelope in pairs]
        handle = partial(handle_batch, self._database, self._subscription, envelopes)
        new = await begin_again(
            self._subscription.name, stop, lambda: outlast(self._database, stop, handle), longest_seconds
        )
        metrics.HANDLED.labels(self._subscription.name).inc(new)
        metrics.DUPLICATES.labels(self._subscription.name).inc(len(pairs) - new)
        self._breaker.succeeded()

    async def _run_one_by_one(self, pairs: "Sequence[Readable]", stop: asyncio.Event) -> None:
        """Put aside those that fail, and all that are left when one meets locks for too long: a batch has its time.

        Once the breaker opens those that are left are given back.
        """
        for number, pair in enumerate(pairs):
            failure = await failure_of(self._subscription.name, partial(self._run, [pair], stop))
            if failure is None:
                continue
            if not failure.costs_attempt:
                await self._put_back(pairs[number:], failure)
                break
            await self._failed.fail(pair[0], self._breaker, failure)
            if self._breaker.is_open:
                await self._give_back([message for message, _ in pairs[number + 1 :]])
                break

    async def _put_back(self, pairs: "Sequence[Readable]", hindrance: Failure) -> None:
        for message, _ in pairs:
            await self._failed.put_aside(message, self._queue, hindrance)

    async def _give_back(self, messages: "Sequence[AbstractIncomingMessage]") -> None:
        for message in messages:
            await self._failed.give_back(message, self._queue)
