"""Taking messages from a queue until shutdown, and then finishing what is in hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelInvalidStateError

from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.outages import ShutdownRequested
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel, AbstractRobustQueue

GRACE_SECONDS = 20.0
"""How long what is in hand may take after the stop (messaging.md, "Shutdown")."""
_RETRY_SECONDS = 2.0
_CLOSE_SECONDS = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def consuming(
    broker: Broker,
    queue: str,
    handle: "Callable[[AbstractIncomingMessage], Coroutine[None, None, None]]",
    *,
    prefetch: int,
    stop: asyncio.Event,
) -> AsyncGenerator[None]:
    """Give each message to `handle`, up to `prefetch` of them at a time; `handle` acknowledges it.

    Waits for the queue to exist, and goes on when the connection was lost: what was in hand is then delivered again.
    When the block ends no more is taken, and what is in hand has GRACE_SECONDS to finish.
    """
    opened = await _open(broker, queue, prefetch, stop)
    if opened is None:
        yield
        return
    channel, source = opened
    in_hand: set[asyncio.Task[None]] = set()

    async def receive(message: "AbstractIncomingMessage") -> None:
        task = asyncio.create_task(handle(message))
        in_hand.add(task)
        task.add_done_callback(in_hand.discard)
        with suppress(ShutdownRequested):
            await asyncio.shield(task)  # a lost connection cancels this callback; the work goes on to its end

    tag = await source.consume(receive)
    try:
        yield
    finally:
        await _in_time(source.cancel(tag))
        if in_hand:
            await asyncio.wait(in_hand, timeout=GRACE_SECONDS)
        await _in_time(channel.close())


async def acknowledge(message: "AbstractIncomingMessage") -> None:
    """Acknowledge a message; where the connection was lost meanwhile it comes again, as a duplicate."""
    with suppress(*CONNECTION_EXCEPTIONS):
        await message.ack()


async def acknowledge_all(messages: "Sequence[AbstractIncomingMessage]") -> None:
    """Acknowledge messages with one acknowledgement, together with every earlier one of their consumer.

    Messages from before and after the loss of a connection have different channels; the old ones are left alone.
    """
    last_of: dict[object, AbstractIncomingMessage] = {}
    for message in messages:
        with suppress(ChannelInvalidStateError):
            last_of[message.channel] = message
    for last in last_of.values():
        with suppress(*CONNECTION_EXCEPTIONS):
            await last.ack(multiple=True)


async def _open(
    broker: Broker, queue: str, prefetch: int, stop: asyncio.Event
) -> "tuple[AbstractRobustChannel, AbstractRobustQueue] | None":
    while not stop.is_set():
        try:
            channel = await broker.channel(prefetch=prefetch)
            return channel, await channel.declare_queue(queue, passive=True)
        except CONNECTION_EXCEPTIONS as error:
            log.warning("waiting_for_queue", queue=queue, error=f"{type(error).__name__}: {error}")
            await wait_for(stop, _RETRY_SECONDS)
    return None


async def _in_time(closing: Awaitable[object]) -> None:
    """Say good-bye to a broker that may be away itself."""
    with suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await closing
