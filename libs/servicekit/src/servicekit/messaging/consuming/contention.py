"""Beginning work again that met other transactions' locks: a message is no worse for it, so it costs no attempt."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from servicekit.db.database import is_contended
from servicekit.messaging import metrics
from servicekit.messaging.consuming.outages import ShutdownRequested
from servicekit.shutdown import wait_for

T = TypeVar("T")

LONGEST_SECONDS = 15.0
"""How long work is begun again; its messages then go back to their queue, so that those behind them are handled."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0

log = structlog.get_logger()


class StillContended(Exception):
    """Locks were in the way of every try: no failure of the messages, which go back to their queue as they were."""


async def begin_again(
    handler: str, stop: asyncio.Event, work: Callable[[], Awaitable[T]], longest_seconds: float | None = None
) -> T:
    """Do a handler's work, again from its start when a lock or a deadlock ended it, after a random pause that grows.

    Raises StillContended after `longest_seconds` (LONGEST_SECONDS when None; 0 is one try), ShutdownRequested at
    shutdown, and what else the work raises. The work must have undone itself, as a transaction does.
    """
    clock = asyncio.get_running_loop().time
    longest = LONGEST_SECONDS if longest_seconds is None else longest_seconds
    deadline, pause = clock() + longest, _FIRST_PAUSE_SECONDS
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_contended(error):
                raise
            metrics.BEGUN_AGAIN.labels(handler).inc()
            log.info("begun_again", handler=handler, error=type(error).__name__)
            if clock() >= deadline:
                raise StillContended(type(error).__name__) from error
            if await wait_for(stop, random.uniform(pause / 2, pause)):  # noqa: S311  # keeps two workers apart, no secret
                raise ShutdownRequested from error
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
