"""Waiting in a way that ends at once when the process is to stop."""

import asyncio
from collections.abc import Awaitable, Coroutine


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Wait until `stop` is set, at most this long; return whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True


class PartEnded(Exception):
    """A part of a process ended although nothing had asked it to."""


async def lasting(name: str, work: Awaitable[object], stop: asyncio.Event) -> None:
    """Do what has to last until `stop` is set; raises PartEnded when it ends before, and what it raises.

    A group of tasks takes a task that was cancelled for one that is done, whoever cancelled it: a library that cancels
    whoever waits for it would end a part of the process, and the rest would go on without.
    """
    try:
        await work
    except asyncio.CancelledError as cancelled:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise PartEnded(f"{name} was cancelled") from cancelled
    if not stop.is_set():
        raise PartEnded(f"{name} ended")


async def until(work: Coroutine[object, object, object], stop: asyncio.Event) -> None:
    """Wait until the work is done, which is cancelled when `stop` is set before."""
    waiting = (asyncio.create_task(work), asyncio.create_task(stop.wait()))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
