"""What one drain took."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PARTS = ("relay", "postgres", "rabbitmq")


@dataclass(frozen=True, slots=True)
class Drain:
    """So many events, published and marked by one relay; `cpu` is seconds by part of the system."""

    events: int
    seconds: float
    cpu: Mapping[str, float]

    def row(self) -> tuple[object, ...]:
        """As the report's table has it: CPU is microseconds an event."""
        costs = (f"{self.cpu.get(part, 0.0) * 1_000_000 / self.events:,.0f}" for part in PARTS)
        return (f"{self.events:,}", f"{self.events / self.seconds:,.0f}", *costs)

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return asdict(self)
