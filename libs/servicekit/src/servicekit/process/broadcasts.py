"""Broadcasts between a service's processes by Redis pub/sub, for hints: whoever is not there misses them.

Nothing waits for a broadcast and nothing may depend on one: what it says has to be found in the database as well.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from servicekit.process.limiter import REDIS_TIMEOUT_SECONDS
from servicekit.process.redis_pipeline import RedisPipeline

JOINED_MOST: Final = 500
"""Items of one message."""
WAITING_MOST: Final = 10_000
"""Items that wait while Redis is slow; older ones are dropped."""
SILENCE_SECONDS = 5.0
"""After so long without a message it is found out whether the connection still lives."""
AWAY_SECONDS = 1.0
"""The pause between attempts to reach a Redis that is away."""

log = structlog.get_logger(__name__)


class Broadcaster:
    """Sends items, joined into messages while an earlier one is on its way. For one event loop.

    `dropped` is called with how many items Redis did not take.
    """

    def __init__(self, redis: Redis, channel: str, dropped: Callable[[int], None]) -> None:
        self._dropped = dropped
        self._pipeline = RedisPipeline(redis, REDIS_TIMEOUT_SECONDS)
        self._channel = channel.encode()
        self._waiting: list[Any] = []
        self._sending: asyncio.Task[None] | None = None
        self._is_closed = False

    def send(self, items: Sequence[Any]) -> None:
        """Send JSON values soon; returns at once, and drops what Redis does not take, and everything once closed."""
        if self._is_closed:
            return
        self._waiting.extend(items)
        if (surplus := len(self._waiting) - WAITING_MOST) > 0:
            del self._waiting[:surplus]
            self._dropped(surplus)
        if self._waiting and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send_all())

    async def close(self) -> None:
        """Send what waits, then end the connection."""
        self._is_closed = True
        if self._sending is not None:
            await self._sending
        await self._pipeline.close()

    async def _send_all(self) -> None:
        while self._waiting:
            joined, self._waiting = self._waiting[:JOINED_MOST], self._waiting[JOINED_MOST:]
            try:
                await self._pipeline.command(b"PUBLISH", self._channel, orjson.dumps(joined))
            except (RedisError, OSError):
                self._dropped(len(joined))


class Listener:
    """Receives what is sent on a channel, by one connection; comes back by itself when it was lost."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis, self._channel = redis, channel
        self.is_listening = False

    async def run(
        self, receive: Callable[[Sequence[Any]], None], joined: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Call `receive` with the items of each message until cancelled.

        `joined` is called whenever the connection was made, or made again: what was sent before that was missed.
        `lost` is called when it cannot be made, and at the end.
        """
        try:
            while True:
                try:
                    await self._listen(receive, joined)
                except (RedisError, OSError) as error:
                    self._note(listening=False, error=type(error).__name__)
                    lost()
                await asyncio.sleep(AWAY_SECONDS)
        finally:
            self._note(listening=False)
            lost()

    async def _listen(self, receive: Callable[[Sequence[Any]], None], joined: Callable[[], None]) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            while True:
                message = await _next_message(pubsub)
                if message["type"] == "subscribe":  # the client comes back by itself, and then too this is answered
                    self._note(listening=True)
                    joined()
                elif message["type"] == "message":
                    _pass_on(message["data"], receive)

    def _note(self, *, listening: bool, error: str | None = None) -> None:
        if listening != self.is_listening:
            self.is_listening = listening
            log.info("broadcasts_received" if listening else "broadcasts_lost", channel=self._channel, error=error)


def _pass_on(data: bytes, receive: Callable[[Sequence[Any]], None]) -> None:
    """Somebody else's message on the channel is passed over: a hint may be missed."""
    try:
        receive(orjson.loads(data))
    except (ValueError, TypeError) as unreadable:
        log.warning("broadcast_unreadable", error=type(unreadable).__name__)


async def _next_message(pubsub: PubSub) -> Any:
    """Whatever comes next; raises TimeoutError when Redis does not even answer a ping."""
    message = await pubsub.get_message(timeout=SILENCE_SECONDS)
    if message is None:
        await pubsub.ping()
        message = await pubsub.get_message(timeout=SILENCE_SECONDS)
    if message is None:
        raise TimeoutError("Redis is silent")
    return message
