"""What more carts make of an operation."""

from dataclasses import dataclass

from bench.result import Measurement

AIM = 1.5
"""Times that a P95 may grow from a thousand carts to millions."""
_PERCENT = 95


@dataclass(frozen=True, slots=True)
class Growth:
    """One operation with few carts, and with many, in one run."""

    few: Measurement
    many: Measurement

    @property
    def operation(self) -> str:
        """What was asked."""
        return self.few.operation

    @property
    def ratio(self) -> float:
        """How many times its P95 became."""
        return self.many.load.latency.percentile(_PERCENT) / max(self.few.load.latency.percentile(_PERCENT), 0.001)

    @property
    def is_too_much(self) -> bool:
        """Whether it is over the aim."""
        return self.ratio > AIM

    def as_json(self) -> dict[str, str | float]:
        """Which rows it compares, and how many times the P95 became."""
        return {"operation": self.operation, "few": self.few.where, "many": self.many.where, "times": self.ratio}

    def row(self) -> tuple[str, ...]:
        """As the report shows it."""
        before, after = (one.load.latency.percentile(_PERCENT) for one in (self.few, self.many))
        cost = [f"{one.cpu_per_answer('postgres'):,.0f}" for one in (self.few, self.many)]
        return self.operation, f"{before:.2f}", f"{after:.2f}", f"{self.ratio:.2f}", *cost
