"""Dead letters: what a service could not handle, kept until a person replays or drops it (messaging.md, "Topology").

Looking at them takes them from the queue one by one, keeps none but those asked for, and gives all back when the look
ends: however many there are, each is reached. Two people who look at the same moment may each see a part.
"""

from bisect import insort
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from servicekit.messaging import headers
from servicekit.messaging.broker import Broker
from servicekit.messaging.connection_loss import say_goodbye
from servicekit.messaging.consuming import retries
from servicekit.messaging.consuming.intake import acknowledge
from servicekit.messaging.topology import dead_letter_queue

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage, AbstractQueue

REPLAYABLE_FOR = timedelta(days=14)
"""Inbox rows are kept 30 days: a dead letter replayed within 14 is still recognised where it had taken effect."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)

Place = tuple[datetime, UUID]
"""Where a dead letter stands in the list: when it first failed, and its id."""


class DeadLetterNotFound(Exception):
    """No dead letter has this id: it was replayed or dropped, or somebody else is looking at it right now."""


class ReplayRefused(Exception):
    """The dead letter may not, or can not, be sent again; the message has the reason."""


class BodyWithheld(ReplayRefused):
    """The dead letter carried personal data, which is not kept (rules.md 35)."""


class TooOld(ReplayRefused):
    """The inbox may have forgotten the dead letter's event before its copy arrives."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up. `handlers` failed on it `attempts` times, the last time with `error`.

    `body` is the message's; None when it carried personal data, which is not kept (rules.md 35).
    """

    id: UUID
    queue: str
    event_id: str
    event_type: str
    handlers: str
    attempts: int
    error: str
    first_failed_at: datetime
    last_failed_at: datetime
    routing_key: str
    body: bytes | None

    @property
    def place(self) -> Place:
        """Its place in the list."""
        return self.first_failed_at, self.id


class DeadLetters:
    """The dead letters of one service."""

    def __init__(self, broker: Broker, service: str) -> None:
        self._broker = broker
        self._queue = dead_letter_queue(service)

    async def list(
        self, limit: int = 100, after: Place | None = None, wanted: Callable[[DeadLetter], bool] = lambda _: True
    ) -> list[DeadLetter]:
        """The wanted dead letters behind a place, or from the beginning, oldest failure first, at most `limit`."""
        first: list[DeadLetter] = []
        async with self.looking() as queue:
            async for message in _messages(queue):
                dead_letter = dead_letter_of(message)
                if (after is None or dead_letter.place > after) and wanted(dead_letter):
                    insort(first, dead_letter, key=lambda known: known.place)
                    del first[limit:]
        return first

    async def show(self, dead_letter_id: UUID) -> DeadLetter:
        """One dead letter; raises DeadLetterNotFound."""
        async with self.looking() as queue:
            return dead_letter_of(await _find(queue, dead_letter_id))

    async def replay(
        self, dead_letter_id: UUID, before: Callable[[DeadLetter], Awaitable[None]] | None = None
    ) -> DeadLetter:
        """Send a dead letter to its queue again, after `before`, which is not called for one that may not be replayed.

        Raises DeadLetterNotFound, and what `before` and `send_again` raise.
        """
        async with self.looking() as queue:
            message = await _find(queue, dead_letter_id)
            _refuse_unless_replayable(found := dead_letter_of(message))
            if before is not None:
                await before(found)
            return await self.send_again(message)

    async def send_again(self, message: "AbstractIncomingMessage", walk: str = "") -> DeadLetter:
        """Send a dead letter that was taken to its queue, as if it had never failed, and then remove it.

        The copy says in which walk, if any, it was sent. Whoever handled it before will not again. Raises BodyWithheld
        and, after 14 days, TooOld; PublishFailed, the dead letter staying, when the broker does not confirm.
        """
        dead_letter = dead_letter_of(message)
        _refuse_unless_replayable(dead_letter)
        await self._broker.publish(retries.fresh_copy_of(message, walk), exchange="", routing_key=dead_letter.queue)
        await acknowledge(message)
        return dead_letter

    async def drop(self, dead_letter_id: UUID) -> DeadLetter:
        """Remove a dead letter for good; raises DeadLetterNotFound."""
        async with self.looking() as queue:
            message = await _find(queue, dead_letter_id)
            await message.ack()
        return dead_letter_of(message)

    @asynccontextmanager
    async def looking(self) -> "AsyncGenerator[AbstractQueue]":
        """The queue of dead letters; what is taken of it and not removed is given back when the block ends."""
        channel = await self._broker.channel()
        try:
            yield await channel.declare_queue(self._queue, passive=True)
        finally:
            await say_goodbye(channel.close())


async def _messages(queue: "AbstractQueue") -> "AsyncGenerator[AbstractIncomingMessage]":
    """Every message of the queue, once: what is taken does not come again before the look ends."""
    while (message := await queue.get(fail=False)) is not None:
        yield message


async def _find(queue: "AbstractQueue", dead_letter_id: UUID) -> "AbstractIncomingMessage":
    async for message in _messages(queue):
        if dead_letter_of(message).id == dead_letter_id:
            return message
    raise DeadLetterNotFound(dead_letter_id)


def dead_letter_of(message: "AbstractIncomingMessage") -> DeadLetter:
    """What a message of the queue of dead letters is."""
    values = {name: str(value) for name, value in message.headers.items()}
    death = _death_by_broker(message)
    queue = values.get(headers.QUEUE) or str(death.get("queue", ""))
    given_up = death.get("time") or message.timestamp
    failed = given_up if isinstance(given_up, datetime) else _LONG_AGO
    return DeadLetter(
        id=uuid5(NAMESPACE_URL, f"{queue}:{message.message_id or message.body.hex()}"),
        queue=queue,
        event_id=message.message_id or "",
        event_type=message.type or "",
        handlers=values.get(headers.HANDLER, ""),
        attempts=headers.count_in(values.get(headers.ATTEMPTS)),
        error=values.get(headers.ERROR, "given up by the broker: came back unacknowledged too often"),
        first_failed_at=headers.time_in(values.get(headers.FIRST_FAILED), failed),
        last_failed_at=headers.time_in(values.get(headers.LAST_FAILED), failed),
        routing_key=values.get(headers.ROUTING_KEY, ""),
        body=None if headers.WITHHELD in values else message.body,
    )


def _death_by_broker(message: "AbstractIncomingMessage") -> Mapping[str, object]:
    """The broker's own account of a message that it gave up by itself: its queue, and when; empty for all others."""
    deaths = message.headers.get("x-death")
    return deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}


def _refuse_unless_replayable(dead_letter: DeadLetter) -> None:
    if dead_letter.body is None:
        raise BodyWithheld("it carried personal data, which is not kept")
    if datetime.now(UTC) - dead_letter.last_failed_at > REPLAYABLE_FOR:
        raise TooOld(f"it failed more than {REPLAYABLE_FOR.days} days ago")
