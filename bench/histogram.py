"""Latencies as counts by microsecond: exact to read percentiles from, small enough to keep."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Histogram:
    """How many answers took how many microseconds."""

    counts: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, counts: Mapping[str, int] | Iterable[tuple[int, int]]) -> "Histogram":
        """The histogram that `as_json` wrote, or pairs of microseconds and count."""
        pairs = counts.items() if isinstance(counts, Mapping) else counts
        histogram = cls()
        for microseconds, count in pairs:
            histogram.counts[int(microseconds)] += count
        return histogram

    def add(self, seconds: float) -> None:
        """Count one answer."""
        self.counts[round(seconds * 1_000_000)] += 1

    @property
    def total(self) -> int:
        """How many answers there were."""
        return self.counts.total()

    def percentile(self, percent: float) -> float:
        """The milliseconds within which this share of answers came (nearest rank); 0 without any answer."""
        rank = max(1, -(-self.total * percent // 100))
        seen = 0
        for microseconds in sorted(self.counts):
            seen += self.counts[microseconds]
            if seen >= rank:
                return microseconds / 1000
        return 0.0

    @property
    def longest(self) -> float:
        """The milliseconds of the slowest answer."""
        return max(self.counts, default=0) / 1000

    def as_json(self) -> dict[str, int]:
        """The counts by microseconds, in order, for a file."""
        return {str(microseconds): self.counts[microseconds] for microseconds in sorted(self.counts)}
