"""Waiting in a way that ends at once when the process is to stop."""

import asyncio
from collections.abc import Coroutine


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Wait until `stop` is set, at most this long; return whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True


async def until(work: Coroutine[object, object, object], stop: asyncio.Event) -> None:
    """Wait until the work is done, which is cancelled when `stop` is set before."""
    waiting = (asyncio.create_task(work), asyncio.create_task(stop.wait()))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
