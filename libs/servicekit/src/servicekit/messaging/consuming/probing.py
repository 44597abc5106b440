"""Trying one message of a paused queue now and then, until one is handled."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from servicekit.messaging.broker import Broker, QueueAbsent
from servicekit.messaging.connection_loss import ConnectionLost, reported_loss
from servicekit.messaging.consuming.breaker import QueueBreaker
from servicekit.messaging.consuming.outages import ShutdownRequested
from servicekit.observability.error_line import error_line
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    import asyncio

    from aio_pika.abc import AbstractIncomingMessage

log = structlog.get_logger()


async def probe(
    broker: Broker,
    breaker: QueueBreaker,
    handle: "Callable[[AbstractIncomingMessage], Awaitable[object]]",
    stop: "asyncio.Event",
) -> None:
    """Give one message after each pause to `handle`, until the breaker is closed or `stop` is set.

    `handle` notes on the breaker how it went, and acknowledges the message.
    """
    pause = breaker.pauses.first_seconds
    while breaker.is_open and not await wait_for(stop, pause):
        async with _one_of(broker, breaker.queue) as message:
            if message is None:
                continue
            try:
                await handle(message)
            except ShutdownRequested:
                return
            except Exception as error:  # whatever it is, the message was not acknowledged and comes again
                log.error("message_not_handled", queue=breaker.queue, error=error_line(error))
        if breaker.is_open:
            pause = min(2 * pause, breaker.pauses.longest_seconds)
            log.warning("queue_still_paused", queue=breaker.queue, next_probe_seconds=pause)


@asynccontextmanager
async def _one_of(broker: Broker, queue: str) -> "AsyncGenerator[AbstractIncomingMessage | None]":
    """A message of the queue, given back when the block ends unless it was acknowledged; None when there is none."""
    async with AsyncExitStack() as channel:
        yield await _next(channel, broker, queue)


async def _next(channel: AsyncExitStack, broker: Broker, queue: str) -> "AbstractIncomingMessage | None":
    try:
        source = await channel.enter_async_context(broker.existing_queue(queue))
        with reported_loss():
            return await source.get(fail=False)
    except (QueueAbsent, ConnectionLost) as error:
        log.warning("waiting_for_queue", queue=queue, error=f"{type(error).__name__}: {error}")
        return None
