"""Events that no queue took: which wait, and sending them to the exchange once more.

For after `migrate` has bound the queue that was missing. What is taken then takes effect once; what still no queue
takes comes back to where it was.
"""

from collections import Counter
from typing import TYPE_CHECKING

from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming.intake import acknowledge
from servicekit.messaging.consuming.retries import fresh_copy_of
from servicekit.messaging.topology import EVENTS, UNROUTED

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage, AbstractQueue

WINDOW = 50
"""How many are in memory, and sent, at a time."""


class Unrouted:
    """The events of all services that no queue took."""

    def __init__(self, broker: Broker, queue: str = UNROUTED, exchange: str = EVENTS) -> None:
        self._broker = broker
        self._queue = queue
        self._exchange = exchange

    async def types(self) -> Counter[str]:
        """How many of each type wait; they stay. Raises QueueAbsent before any service has migrated."""
        found: Counter[str] = Counter()
        async with self._broker.existing_queue(self._queue) as queue:
            while (message := await queue.get(fail=False)) is not None:
                found[message.type or ""] += 1
        return found

    async def send_again(self) -> int:
        """Send each that waits now to the exchange once more; returns how many.

        A run that is killed loses nothing: what it had not finished is still there, or comes twice, which the inbox
        recognises. Raises PublishFailed when the broker does not confirm, and QueueAbsent.
        """
        async with self._broker.existing_queue(self._queue) as queue:
            waiting = queue.declaration_result.message_count or 0
            sent = 0
            while sent < waiting and (window := await _take(queue, min(WINDOW, waiting - sent))):
                await self._send(window)
                sent += len(window)
        return sent

    async def _send(self, window: "list[AbstractIncomingMessage]") -> None:
        copies = [(fresh_copy_of(message), message.routing_key or "") for message in window]
        for message, failure in zip(
            window, await self._broker.publish_all(copies, exchange=self._exchange), strict=True
        ):
            if failure is not None:
                raise failure
            await acknowledge(message)


async def _take(queue: "AbstractQueue", count: int) -> "list[AbstractIncomingMessage]":
    window: list[AbstractIncomingMessage] = []
    while len(window) < count and (message := await queue.get(fail=False)) is not None:
        window.append(message)
    return window
