"""What one backlog took."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PARTS = ("workers", "postgres", "rabbitmq")


@dataclass(frozen=True, slots=True)
class Consumption:
    """So many events of so many companies, taken in by workers of a service; `cpu` is seconds by part of the system."""

    service: str
    workers: int
    companies: int
    events: int
    seconds: float
    cpu: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Events a second, of all workers together."""
        return self.events / self.seconds

    def cpu_per_event(self, part: str) -> float:
        """Microseconds of CPU that a part of the system spent for each event."""
        return self.cpu.get(part, 0.0) * 1_000_000 / self.events

    def row(self) -> tuple[object, ...]:
        """As the report's table has it."""
        costs = (f"{self.cpu_per_event(part):,.0f}" for part in PARTS)
        return (self.service, self.workers, self.companies, f"{self.events:,}", f"{self.per_second:,.0f}", *costs)

    def one_line(self) -> str:
        """As it is shown while a run goes on."""
        costs = "  ".join(f"{part} CPU {self.cpu_per_event(part):,.0f} µs" for part in PARTS)
        return (
            f"{self.service:<10} {self.workers} workers  {self.companies} companies  {self.per_second:7,.0f}/s  {costs}"
        )

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return {
            "service": self.service,
            "workers": self.workers,
            "companies": self.companies,
            "events": self.events,
            "seconds": self.seconds,
            "perSecond": self.per_second,
            "cpuMicrosecondsPerEvent": {part: self.cpu_per_event(part) for part in self.cpu},
        }
