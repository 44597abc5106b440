"""Taking messages from a queue until shutdown, and then finishing what is in hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aio_pika.exceptions import ChannelInvalidStateError

from servicekit.messaging.broker import Broker, QueueAbsent
from servicekit.messaging.connection_loss import ConnectionLost, reported_loss, say_goodbye
from servicekit.messaging.consuming.outages import ShutdownRequested
from servicekit.observability.error_line import error_line
from servicekit.shutdown import until, wait_for

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

Cancel = Callable[[], Awaitable[object]]
Subscribed = AbstractAsyncContextManager[Cancel]

GRACE_SECONDS = 20.0
"""How long what is in hand may take after the stop (messaging.md, "Shutdown")."""
_RETRY_SECONDS = 2.0
_ACKNOWLEDGE_SECONDS = 5.0

log = structlog.get_logger()


@asynccontextmanager
async def consuming(
    broker: Broker,
    queue: str,
    handle: "Callable[[AbstractIncomingMessage], Coroutine[None, None, None]]",
    *,
    prefetch: int,
    stop: asyncio.Event,
) -> AsyncGenerator[Cancel]:
    """Give each message to `handle`, up to `prefetch` of them at a time; `handle` acknowledges it.

    Waits for the queue to exist, and goes on when the connection was lost: what was in hand is then delivered again.
    No more is taken from the moment that the block calls what it is given, or ends; what is in hand is then finished,
    after `stop` within GRACE_SECONDS.
    """
    in_hand: set[asyncio.Task[None]] = set()

    def leave(task: asyncio.Task[None]) -> None:
        in_hand.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, ShutdownRequested):
            log.error("message_not_handled", queue=queue, error=error_line(error))  # it comes again

    async def receive(message: "AbstractIncomingMessage") -> None:
        task = asyncio.create_task(handle(message))
        in_hand.add(task)
        task.add_done_callback(leave)
        await asyncio.wait((task,))  # a lost connection cancels this callback; the work goes on to its end

    async with AsyncExitStack() as channel:
        cancel = await _subscribe(channel, partial(_subscribed, broker, queue, prefetch, receive), queue, stop)

        async def take_no_more() -> None:
            nonlocal cancel
            if cancel is not None:
                goodbye, cancel = cancel(), None
                await say_goodbye(goodbye)

        try:
            yield take_no_more
            await take_no_more()
            if in_hand:
                await until(asyncio.wait(in_hand), stop)
        finally:
            await take_no_more()
            if in_hand:
                await asyncio.wait(in_hand, timeout=GRACE_SECONDS)


async def acknowledge(message: "AbstractIncomingMessage") -> None:
    """Acknowledge a message; where the connection was lost meanwhile it comes again, as a duplicate."""
    with suppress(ConnectionLost):
        await _acknowledge(message)


async def acknowledge_all(messages: "Sequence[AbstractIncomingMessage]") -> None:
    """Acknowledge messages with one acknowledgement, together with every earlier one of their consumer.

    Messages from before and after the loss of a connection have different channels; the old ones are left alone.
    """
    last_of: dict[object, AbstractIncomingMessage] = {}
    for message in messages:
        with suppress(ChannelInvalidStateError):
            last_of[message.channel] = message
    for last in last_of.values():
        with suppress(ConnectionLost):
            await _acknowledge(last, multiple=True)


async def _acknowledge(message: "AbstractIncomingMessage", *, multiple: bool = False) -> None:
    """Hand an acknowledgement to the connection; raises ConnectionLost.

    The library would wait for good for a connection that ended while others were waiting for it too.
    """
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(_ACKNOWLEDGE_SECONDS):
                with reported_loss():
                    tag = message.delivery_tag or 0
                    return await message.channel.basic_ack(tag, multiple=multiple, wait=False)


async def _subscribe(
    channel: AsyncExitStack, subscribed: Callable[[], Subscribed], queue: str, stop: asyncio.Event
) -> Cancel | None:
    """Consume as soon as broker and queue are there, until `channel` is closed; None when `stop` came before."""
    while not stop.is_set():
        try:
            return await channel.enter_async_context(subscribed())
        except (QueueAbsent, ConnectionLost) as error:
            log.warning("waiting_for_queue", queue=queue, error=f"{type(error).__name__}: {error}")
            await wait_for(stop, _RETRY_SECONDS)
    return None


@asynccontextmanager
async def _subscribed(
    broker: Broker, queue: str, prefetch: int, receive: "Callable[[AbstractIncomingMessage], Awaitable[None]]"
) -> AsyncGenerator[Cancel]:
    async with broker.existing_queue(queue, prefetch=prefetch) as source:
        with reported_loss():
            tag = await source.consume(receive)
        yield partial(source.cancel, tag)
