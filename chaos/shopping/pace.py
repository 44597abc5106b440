"""A constant arrival rate, whatever becomes of what arrived."""

import asyncio


class Pace:
    """Lets callers through one after another, at most `rate` a second."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        mine = self._next = max(now, self._next + self._gap)
        await asyncio.sleep(mine - now)
