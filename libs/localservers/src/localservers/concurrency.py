"""Doing several things at once and failing with the first thing that failed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def at_once() -> AsyncIterator[asyncio.TaskGroup]:
    """Give a task group whose failure is the first failed task's own error, not a group of one.

    The other tasks are cancelled and awaited before it is raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
