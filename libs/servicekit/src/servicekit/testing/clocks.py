"""A clock that a test holds in its hand."""

from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class FixedClock:
    """Stands still at `start` until it is advanced; never goes back."""

    def __init__(self, start: datetime = _START) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new moment; raises ValueError for a negative step."""
        if by < timedelta():
            raise ValueError("a clock does not go back")
        self._now += by
        return self._now
