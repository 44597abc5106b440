"""A circuit breaker: who keeps failing is left alone for a while, and asked once before it is trusted again."""

from collections.abc import Callable
from time import monotonic

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 5.0


class Breaker:
    """Counts failures in a row. Closed: every call passes. Open: one in five seconds does, and decides.

    For one thread.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._open_since = 0.0

    def allows(self) -> bool:
        """Whether a call may be tried now; the caller reports how it ended."""
        if self._failures < FAILURES_TO_OPEN:
            return True
        if self._clock() - self._open_since < OPEN_SECONDS:
            return False
        self._open_since = self._clock()  # the trial; should it never report, the next one comes in its time
        return True

    def succeeded(self) -> None:
        """The other side answered: close."""
        self._failures = 0

    def failed(self) -> None:
        """The other side did not answer, or with a fault of its own: five in a row open."""
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._open_since = self._clock()
