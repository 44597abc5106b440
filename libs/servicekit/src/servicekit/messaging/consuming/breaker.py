"""A circuit breaker for a queue: when nothing of it can be handled it pauses, and its messages keep their attempts."""

import asyncio
from dataclasses import dataclass

import structlog

from servicekit.messaging import metrics

FAILURES_TO_PAUSE = 5
"""Different messages that fail one after the other, none being handled between them, before their queue pauses."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long a paused queue rests before one of its messages is tried: twice as long each time, up to the longest."""

    first_seconds: float
    longest_seconds: float


PAUSES = Pauses(1, 60)


class QueueBreaker:
    """Counts which messages of one queue have failed since the last that was handled; five open it, one success closes.

    A message counts once, however often it fails. For one event loop.
    """

    def __init__(self, queue: str, pauses: Pauses = PAUSES) -> None:
        self.queue = queue
        self.pauses = pauses
        self.opened = asyncio.Event()
        self._failed: set[str] = set()
        metrics.QUEUE_PAUSED.labels(queue).set(0)

    @property
    def is_open(self) -> bool:
        """Whether the queue is paused."""
        return self.opened.is_set()

    def succeeded(self) -> None:
        """Note that a message was handled: the queue goes on."""
        self._failed.clear()
        if self.is_open:
            self.opened.clear()
            metrics.QUEUE_PAUSED.labels(self.queue).set(0)
            log.info("queue_resumed", queue=self.queue)

    def failed(self, message_id: str, error: str) -> bool:
        """Note that a message failed; returns whether that costs it an attempt, which a paused queue does not."""
        if self.is_open:
            return False
        self._failed.add(message_id)
        if len(self._failed) >= FAILURES_TO_PAUSE:
            self.opened.set()
            metrics.QUEUE_PAUSED.labels(self.queue).set(1)
            log.error("queue_paused", queue=self.queue, failures=len(self._failed), error=error)
        return True
