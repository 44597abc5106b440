"""Sending rows of the outbox in their order: in windows, several of them on the way at a time (messaging.md)."""

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from opentelemetry.trace import Status, StatusCode

from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker, PublishFailed, PublishRefused
from servicekit.messaging.cloudevents import Row, message_of
from servicekit.messaging.measuring import age_of
from servicekit.messaging.spans import begin_sending
from servicekit.messaging.topology import EVENTS

WINDOW = 50
"""Rows that leave together."""
WINDOWS = 4
"""Windows on the way at a time: the next one leaves when the first is confirmed."""


@dataclass(slots=True)
class Sent:
    """What became of rows: which were confirmed, and of the others the first that was tried and why it failed."""

    confirmed: set[int] = field(default_factory=set)
    failed: int | None = None
    failure: PublishFailed | None = None


class Sender:
    """Sends rows to the broker, and remembers whether it answers."""

    def __init__(self, broker: Broker, service: str) -> None:
        self._broker = broker
        self._service = service
        self._is_silent = False

    async def send(self, rows: Sequence[Row], until: float) -> Sent:
        """Publish rows in order until one fails, or it is `until`.

        A process that was stopped meanwhile sends nothing more: another may lead, and have sent later ones. To a broker
        that did not answer last time one row goes first, alone: what it does not read piles up in this process.
        """
        sent = Sent()
        on_the_way: deque[asyncio.Task[list[PublishFailed | None]]] = deque()
        windows: deque[Sequence[Row]] = deque()
        try:
            for window in _windows(rows, 1 if self._is_silent else WINDOW):
                if len(on_the_way) == (1 if self._is_silent else WINDOWS):
                    self._note(sent, windows.popleft(), await on_the_way.popleft())
                if sent.failure or monotonic() > until:  # after a failure the rest would most likely fail too
                    break
                windows.append(window)
                on_the_way.append(asyncio.create_task(self._publish(window)))
            while on_the_way:
                self._note(sent, windows.popleft(), await on_the_way.popleft())
        finally:
            for task in on_the_way:
                task.cancel()
        return sent

    async def _publish(self, window: Sequence[Row]) -> list[PublishFailed | None]:
        messages = [message_of(row, self._service) for row in window]
        spans = [begin_sending(message, row["tracestate"]) for message, row in zip(messages, window, strict=True)]
        keys = [row["routing_key"] for row in window]
        try:
            failures = await self._broker.publish_all(list(zip(messages, keys, strict=True)), exchange=EVENTS)
            for span, failure in zip(spans, failures, strict=True):
                if failure:
                    span.set_status(Status(StatusCode.ERROR, str(failure)))
        finally:
            for span in spans:
                span.end()
        return failures

    def _note(self, sent: Sent, window: Sequence[Row], failures: Sequence[PublishFailed | None]) -> None:
        types: Counter[str] = Counter()
        for row, failure in zip(window, failures, strict=True):
            if failure is None:
                sent.confirmed.add(row["id"])
                types[row["type"]] += 1
                metrics.PUBLISH_DELAY.observe(age_of(row["event_id"]))
            elif sent.failure is None:
                sent.failed, sent.failure = row["id"], failure
        for event_type, count in types.items():
            metrics.PUBLISHED.labels(event_type).inc(count)
        metrics.PUBLISH_FAILURES.inc(len(window) - types.total())
        self._is_silent = any(failure and not isinstance(failure, PublishRefused) for failure in failures)


def in_order(rows: Sequence[Row], confirmed: Collection[int]) -> Iterator[Row]:
    """The rows that may be marked: confirmed, and no earlier one of the same aggregate still waits.

    A later event of an aggregate that overtook an earlier one is so sent again after it.
    """
    waiting: set[UUID] = set()
    for row in rows:
        if row["id"] not in confirmed:
            waiting.add(row["aggregate_id"])
        elif row["aggregate_id"] not in waiting:
            yield row


def _windows(rows: Sequence[Row], first: int) -> Iterator[Sequence[Row]]:
    """Rows in windows, the first of them with so many."""
    if rows:
        yield rows[:first]
    for start in range(first, len(rows), WINDOW):
        yield rows[start : start + WINDOW]
