"""The time that passes while something is waited for; tests bring one of their own."""

import time
from typing import Protocol


class Clock(Protocol):
    """A time that only goes forward, in seconds."""

    def now(self) -> float:
        """Return the present."""
        ...

    def wait(self, seconds: float) -> None:
        """Let so much pass."""
        ...


class SystemClock:
    """The machine's."""

    def now(self) -> float:
        """Return the present."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so much pass."""
        time.sleep(seconds)
