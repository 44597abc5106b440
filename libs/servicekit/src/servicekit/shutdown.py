"""Waiting in a way that ends at once when the process is told to stop."""

import asyncio


async def wait_for(stop: asyncio.Event, seconds: float) -> bool:
    """Wait until told to stop, at most this long; say whether told to."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
