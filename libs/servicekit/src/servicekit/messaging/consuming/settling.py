"""Putting a failed message aside: the copy is confirmed first, and only then the original acknowledged."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.messaging.consuming.outages import Abandoned
from servicekit.messaging.consuming.retries import Failure, copy_of, dead_letter_of, next_delay
from servicekit.messaging.headers import attempts_of
from servicekit.messaging.topology import DELAYS, Delay, dead_letter_queue
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

_PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class Settler:
    """Knows where the failed messages of one service go."""

    def __init__(self, broker: Broker, service: str, stop: asyncio.Event, delays: Sequence[Delay] = DELAYS) -> None:
        self._broker = broker
        self._dead_letters = dead_letter_queue(service)
        self._delays = delays
        self._stop = stop

    async def put_aside(self, message: "AbstractIncomingMessage", queue: str, failure: Failure) -> None:
        """Send a copy to wait for its next attempt, or to the dead letters; the caller acknowledges the original.

        Tries until the broker confirms; raises Abandoned when told to stop before that.
        """
        delay = None if failure.final else next_delay(attempts_of(message) + 1, self._delays)
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
            attempt=attempts_of(message) + 1,
            waits_in=delay.name if delay else self._dead_letters,
        )

    async def _publish(self, copy: Message, *, exchange: str, routing_key: str) -> None:
        while True:
            try:
                return await self._broker.publish(copy, exchange=exchange, routing_key=routing_key)
            except PublishFailed as error:
                log.warning("cannot_put_aside", event_id=copy.id, error=str(error))
                if await wait_for(self._stop, _PAUSE_SECONDS):
                    raise Abandoned from error
