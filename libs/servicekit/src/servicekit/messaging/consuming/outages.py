"""Outlasting an absent database: a message is no worse for it, so it costs no attempt and is not given up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from servicekit.db import Database
from servicekit.db.database import is_unavailable
from servicekit.shutdown import wait_for

T = TypeVar("T")

ROUNDS = 3
"""How often work is begun again after the database has answered; what still fails then is the work's own failure."""
PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class ShutdownRequested(Exception):
    """The shutdown came while the database was away: the work is left as it is, the broker will deliver it again."""


async def outlast(database: Database, stop: asyncio.Event, work: Callable[[], Awaitable[T]]) -> T:
    """Do the work, again after an outage of the database, however long that takes; raises what else it raises.

    Meanwhile the message in hand stays unacknowledged, so that the queue's prefetch pauses consumption.
    """
    for _ in range(ROUNDS):
        try:
            return await work()
        except Exception as error:
            if not is_unavailable(error):
                raise
            await _until_back(database, stop, error)
    return await work()


async def _until_back(database: Database, stop: asyncio.Event, error: Exception) -> None:
    log.warning("waiting_for_database", error=type(error).__name__)
    while not await wait_for(stop, PAUSE_SECONDS):
        try:
            return await database.ping()
        except Exception as still:
            if not is_unavailable(still):
                raise
    raise ShutdownRequested from error
