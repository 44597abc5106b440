"""Hints from the processes of a service to each other, as they travel through Redis."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from redis.asyncio import Redis
from servicekit.process.broadcasts import Broadcaster, Listener

from cart.streams import metrics
from cart.streams.domain import About, Hint

CHANNEL: Final = "cart:changes"
_KNOWN: Final = frozenset(About)


class HintSender:
    """Sends hints to every process that listens. Nothing waits for it, and hints may get lost."""

    def __init__(self, redis: Redis) -> None:
        self._broadcaster = Broadcaster(redis, CHANNEL, metrics.HINTS_DROPPED.inc)

    def send(self, hints: Iterable[Hint]) -> None:
        """Send soon; returns at once."""
        self._broadcaster.send([(hint.about, hint.company_id.hex, hint.id.hex) for hint in hints])

    async def close(self) -> None:
        """Send what waits, and end the connection."""
        await self._broadcaster.close()


class HintReceiver:
    """Receives hints, by one connection to Redis."""

    def __init__(self, redis: Redis) -> None:
        self._listener = Listener(redis, CHANNEL)

    @property
    def is_listening(self) -> bool:
        """Whether hints arrive; while Redis is away, they do not."""
        return self._listener.is_listening

    async def run(self, receive: Callable[[Sequence[Hint]], None], joined: Callable[[], None]) -> None:
        """Call `receive` with the hints of each message until cancelled; `joined` when earlier ones were missed."""

        def joined_again() -> None:
            metrics.LISTENING.set(1)
            joined()

        await self._listener.run(
            lambda items: receive(_hints_of(items)), joined_again, lambda: metrics.LISTENING.set(0)
        )


def _hints_of(items: Sequence[Any]) -> list[Hint]:
    """Those of a kind that is known here: a newer process may send others."""
    return [
        Hint(About(about), UUID(hex=company), UUID(hex=one)) for about, company, one, *_ in items if about in _KNOWN
    ]
