"""Hints between processes, over a real Redis that is cut off."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from servicekit.process import broadcasts
from servicekit.process.broadcasts import Broadcaster, Listener
from servicekit.process.startup import open_redis
from servicekit.testing import Servers, poll
from servicekit.testing.proxies import wired


class Received:
    """What one process has been sent, and how often it may have missed something."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.messages = 0
        self.joined = 0
        self.lost = 0

    def receive(self, items: Sequence[Any]) -> None:
        """Note a message."""
        self.messages += 1
        self.items.extend(items)

    def join(self) -> None:
        """Note that what came before was missed."""
        self.joined += 1

    def lose(self) -> None:
        """Note that nothing comes any more."""
        self.lost += 1


@asynccontextmanager
async def listening(url: str, channel: str) -> AsyncGenerator[Received]:
    """A process that listens."""
    redis, received = open_redis(url), Received()
    running = asyncio.create_task(Listener(redis, channel).run(received.receive, received.join, received.lose))
    await until(lambda: received.joined > 0)
    yield received
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await redis.aclose()


@asynccontextmanager
async def sending(url: str, channel: str, dropped: list[int] | None = None) -> AsyncGenerator[Broadcaster]:
    """A process that sends, and counts what Redis does not take."""
    redis, counts = open_redis(url), dropped if dropped is not None else []
    broadcaster = Broadcaster(redis, channel, counts.append)
    yield broadcaster
    await broadcaster.close()
    await redis.aclose()


async def until(condition: Any) -> None:
    """Wait until it is so."""

    async def is_so() -> bool:
        return bool(condition())

    await poll(is_so)


@pytest.fixture
def channel() -> str:
    """One that nobody else has."""
    return f"test:{uuid4()}"


async def test_every_process_receives_what_one_sends(servers: Servers, channel: str) -> None:
    """In order, and joined: what is sent while a message is on its way leaves with the next."""
    url = servers.redis_url
    async with listening(url, channel) as one, listening(url, channel) as other, sending(url, channel) as sender:
        for number in range(100):
            sender.send([[number, "a"]])
        await until(lambda: len(one.items) == len(other.items) == 100)

    assert one.items == other.items == [[number, "a"] for number in range(100)]
    assert one.messages < 100


async def test_who_was_cut_off_is_told_that_something_was_missed(servers: Servers, channel: str) -> None:
    """What was sent meanwhile does not come any more; what is sent then does."""
    async with (
        wired(servers.redis_url) as (wire, url),
        listening(url, channel) as received,
        sending(servers.redis_url, channel) as sender,
    ):
        wire.cut()
        sender.send(["lost"])
        wire.mend()
        await until(lambda: received.joined > 1)
        sender.send(["found"])
        await until(lambda: received.items)

    assert received.items in (["found"], ["lost", "found"])


async def test_a_redis_that_is_silent_is_left(servers: Servers, channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection may die without a word."""
    monkeypatch.setattr(broadcasts, "SILENCE_SECONDS", 0.2)
    async with wired(servers.redis_url) as (wire, url), listening(url, channel) as received:
        wire.stall()
        await until(lambda: received.lost > 0)
        wire.mend()
        await until(lambda: received.joined > 1)


async def test_nothing_waits_for_a_redis_that_is_away(channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending returns at once, what waits is bounded, and what is dropped is counted."""
    monkeypatch.setattr(broadcasts, "WAITING_MOST", 10)
    dropped: list[int] = []
    async with sending("redis://127.0.0.1:9/0", channel, dropped) as sender:
        for number in range(50):
            sender.send([number])

    assert sum(dropped) == 50
