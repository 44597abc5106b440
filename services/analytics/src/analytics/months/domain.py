"""Months, as the event log is divided by them: in UTC, pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

AHEAD = 3
"""How many months are made ready beside the present one: a job that does not run for that long loses nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, 1 to 12."""

    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The month in which a moment is."""
        moment = moment.astimezone(UTC)
        return cls(moment.year, moment.month)

    @classmethod
    def of_partition(cls, name: str) -> Self:
        """The month of a partition's name, such as events_2026_11."""
        _, year, month = name.split("_")
        return cls(int(year), int(month))

    @property
    def partition(self) -> str:
        """The name of its partition."""
        return f"events_{self.year:04}_{self.month:02}"

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.after(1).start

    def after(self, months: int) -> "Month":
        """The month so many months later; earlier ones for a number below 0."""
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)
