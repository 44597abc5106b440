"""What cannot be handled: its copy waits for another attempt or becomes a dead letter, and no message is lost by it.

Both consumers, of single messages and of batches, leave to this what is unreadable, unwanted or failed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from contracts.envelope import Envelope

from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.messaging.consuming.breaker import QueueBreaker
from servicekit.messaging.consuming.contention import StillContended
from servicekit.messaging.consuming.outages import ShutdownRequested
from servicekit.messaging.consuming.reading import Unreadable, read
from servicekit.messaging.consuming.retries import Failure, contended, copy_of, dead_letter_of, delay_of, equal_copy_of
from servicekit.messaging.headers import attempts_of, traceparent_of
from servicekit.messaging.spans import mark_failed
from servicekit.messaging.subscriptions import Unprocessable
from servicekit.messaging.topology import DELAYS, Delay, dead_letter_queue
from servicekit.observability import error_tracking
from servicekit.observability.error_line import error_line
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

_PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class FailedMessages:
    """Puts aside the failed messages of one service; a copy is confirmed before its original is acknowledged."""

    def __init__(self, broker: Broker, service: str, stop: asyncio.Event, delays: Sequence[Delay] = DELAYS) -> None:
        self._broker = broker
        self._dead_letters = dead_letter_queue(service)
        self._delays = delays
        self._stop = stop

    async def read(
        self, message: "AbstractIncomingMessage", queue: str, wanted: Collection[str]
    ) -> Envelope[Any] | None:
        """The message's event; None, the message put aside for good, when it is unreadable or of an unwanted type.

        Raises what `put_aside` raises.
        """
        try:
            envelope = read(message)
        except Unreadable as error:
            failure = Failure((), str(error), final=True)
        else:
            if envelope.type in wanted:
                return envelope
            # bound by a newer release that was rolled back: kept for its return
            failure = Failure((), f"no handler for {envelope.type} here", final=True)
        await self.put_aside(message, queue, failure)
        return None

    async def fail(self, message: "AbstractIncomingMessage", breaker: QueueBreaker, failure: Failure) -> None:
        """Put a failed message aside, or give it back while its queue is paused; the caller acknowledges it.

        A failure that no retry can help, or that was nothing about the message, neither counts nor waits for the queue.
        Raises what `put_aside` raises.
        """
        is_no_sign_of_the_handler = failure.final or not failure.costs_attempt
        if is_no_sign_of_the_handler or breaker.failed(message.message_id or "", failure.error):
            await self.put_aside(message, breaker.queue, failure)
        else:
            mark_failed(failure.error)
            await self.give_back(message, breaker.queue)

    async def give_back(self, message: "AbstractIncomingMessage", queue: str) -> None:
        """Send a copy to the end of its queue, with no attempt spent; the caller acknowledges the original.

        A copy, because the broker counts what is returned to it, and dead-letters what comes back too often. Raises
        what `put_aside` raises.
        """
        await self._publish(equal_copy_of(message), exchange="", routing_key=queue)
        metrics.GIVEN_BACK.labels(queue).inc()

    async def put_aside(self, message: "AbstractIncomingMessage", queue: str, failure: Failure) -> None:
        """Send a copy to wait for its next attempt, or to the dead letters; the caller acknowledges the original.

        Marks the current span as failed, and reports what handlers raised at its first attempt. Tries until the broker
        confirms; raises ShutdownRequested at shutdown before that.
        """
        mark_failed(failure.error)
        if attempts_of(message) == 0:
            for cause in failure.causes:
                error_tracking.report(cause, queue, traceparent_of(message), handler=", ".join(failure.handlers))
        delay = delay_of(message, failure, self._delays)
        if delay is not None:
            await self._publish(copy_of(message, queue, failure), exchange=delay.name, routing_key=queue)
            metrics.RETRIED.labels(queue).inc()
        else:
            await self._publish(dead_letter_of(message, queue, failure), exchange="", routing_key=self._dead_letters)
            metrics.DEAD_LETTERED.labels(queue).inc()
        log.warning(
            "message_put_aside",
            queue=queue,
            event_id=message.message_id,
            event_type=message.type,
            handlers=failure.handlers,
            error=failure.error,
            attempt=attempts_of(message) + failure.costs_attempt,
            waits_in=delay.name if delay else self._dead_letters,
        )

    async def _publish(self, copy: Message, *, exchange: str, routing_key: str) -> None:
        while True:
            try:
                return await self._broker.publish(copy, exchange=exchange, routing_key=routing_key)
            except PublishFailed as error:
                log.warning("cannot_put_aside", event_id=copy.id, error=str(error))
                if await wait_for(self._stop, _PAUSE_SECONDS):
                    raise ShutdownRequested from error


async def failure_of(handler: str, work: Callable[[], Awaitable[object]]) -> Failure | None:
    """Run a handler's work and return its failure, or None; raises ShutdownRequested only.

    Whatever a handler raises is the failure of its message, nobody else's; Unprocessable makes it final, and other
    transactions' locks cost no attempt.
    """
    try:
        await work()
    except ShutdownRequested:
        raise
    except StillContended as error:
        return contended(handler, error)
    except Exception as error:  # a handler may raise anything
        return Failure((handler,), error_line(error), final=isinstance(error, Unprocessable), causes=(error,))
    return None
