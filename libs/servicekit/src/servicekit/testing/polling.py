"""Waiting for what another process or task will do, without sleeping for luck."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def poll(
    probe: Callable[[], Awaitable[T]],
    until: Callable[[T], bool] = bool,
    *,
    deadline_seconds: float = 30.0,
    every_seconds: float = 0.05,
) -> T:
    """Ask again and again until the answer satisfies `until`, and return it; else AssertionError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_seconds
    while True:
        answer = await probe()
        if until(answer):
            return answer
        if loop.time() > deadline:
            raise AssertionError(f"not so within {deadline_seconds} s; the last answer was {answer!r}")
        await asyncio.sleep(every_seconds)
