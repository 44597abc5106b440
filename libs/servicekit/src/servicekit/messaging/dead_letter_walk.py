"""Replaying dead letters in one walk through their queue, for after the repair of what has failed them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from servicekit.messaging import headers
from servicekit.messaging.broker import PUBLISH_TIMEOUT_SECONDS, Unroutable
from servicekit.messaging.connection_loss import ConnectionLost, reported_loss
from servicekit.messaging.dead_letters import BodyWithheld, DeadLetter, DeadLetters, TooOld, dead_letter_of

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage, AbstractQueue

WINDOW = 50
"""How many dead letters are in memory, and sent, at a time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters to replay: those that fit all that is given. `reason` is a part of the error, in any case."""

    queue: str | None = None
    event_type: str | None = None
    reason: str | None = None

    def fits(self, dead_letter: DeadLetter) -> bool:
        """Whether the dead letter is one of them."""
        return (
            self.queue in (None, dead_letter.queue)
            and self.event_type in (None, dead_letter.event_type)
            and (self.reason or "").casefold() in dead_letter.error.casefold()
        )


@dataclass(slots=True)
class WalkCounts:
    """What a walk has done so far. There were about `total` dead letters at its start; it has looked at `walked`.

    Of those that the caller may see `replayed` went to their queues; the others stay: `skipped` are not wanted,
    `withheld` have no body, `too_old` failed more than 14 days ago, the queue of `queue_gone` does not exist any more.
    """

    total: int
    walked: int = 0
    replayed: int = 0
    skipped: int = 0
    withheld: int = 0
    too_old: int = 0
    queue_gone: int = 0
    is_complete: bool = False
    """Whether the walk has ended by itself, not because its time was over."""


Progress = Callable[[WalkCounts], object]


async def replay_all(
    dead_letters: DeadLetters,
    wanted: Wanted,
    *,
    may_see: Callable[[DeadLetter], bool] = lambda _: True,
    progress: Progress = lambda _: None,
    within: float | None = None,
) -> WalkCounts:
    """Replay every wanted dead letter that was there at the start, each once; returns the counts.

    What fails meanwhile, or fails again, is left: a copy says which walk has sent it. `progress` is called after each
    window; after `within` seconds no further one is begun. A walk that is ended in its middle, or raises, loses
    nothing: what it had not finished is still there, or comes twice, which the inbox recognises. Raises PublishFailed
    when the broker does not confirm and ConnectionLost when it goes away.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + within if within is not None else float("inf")
    async with dead_letters.looking() as queue:
        walk = _Walk(dead_letters, queue, wanted, may_see)
        while not walk.counts.is_complete and clock() < deadline:
            try:
                await walk.go_on()
            finally:
                progress(walk.counts)
    return walk.counts


class _Walk:
    def __init__(
        self, dead_letters: DeadLetters, queue: "AbstractQueue", wanted: Wanted, may_see: Callable[[DeadLetter], bool]
    ) -> None:
        self._dead_letters = dead_letters
        self._queue = queue
        self._wanted = wanted
        self._may_see = may_see
        self._id = str(uuid4())
        self._began = datetime.now(UTC)
        self._channel: object = None
        self._taken = 0
        self.counts = WalkCounts(total=queue.declaration_result.message_count or 0)

    async def go_on(self) -> None:
        """Walk one window. All of it is tried before the first failure of the broker is raised."""
        before, window = self._taken, await self._take()
        self._taken += len(window)
        outcomes = await asyncio.gather(
            *(self._look_at(message, place) for place, message in enumerate(window, before)), return_exceptions=True
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome
        self.counts.is_complete = len(window) < WINDOW

    async def _take(self) -> "Sequence[AbstractIncomingMessage]":
        """The next dead letters; fewer than a window are the last."""
        window: list[AbstractIncomingMessage] = []
        while len(window) < WINDOW:
            with reported_loss():  # which a timeout is too
                async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                    message = await self._queue.get(fail=False)
                if message is None:
                    break
                channel = message.channel
            self._channel = self._channel or channel
            if channel is not self._channel:  # all were given back, and come from the front again
                raise ConnectionLost("the broker was away for a moment")
            window.append(message)
        return window

    async def _look_at(self, message: "AbstractIncomingMessage", place: int) -> None:
        dead_letter, counts = dead_letter_of(message), self.counts
        if message.headers.get(headers.REDRIVEN) == self._id:
            return
        if place >= counts.total and dead_letter.last_failed_at > self._began:  # not by the time alone: clocks differ
            return
        counts.walked += 1
        if not self._may_see(dead_letter):
            return
        if not self._wanted.fits(dead_letter):
            counts.skipped += 1
            return
        try:
            await self._dead_letters.send_again(message, self._id)
            counts.replayed += 1
        except BodyWithheld:
            counts.withheld += 1
        except TooOld:
            counts.too_old += 1
        except Unroutable:
            counts.queue_gone += 1
