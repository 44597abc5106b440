"""What one measurement found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.histogram import Histogram


@dataclass(frozen=True, slots=True)
class Load:
    """What a load generator saw: answers by status ("error" for none), how long they took, and its own cost."""

    seconds: float
    statuses: Mapping[str, int]
    latency: Histogram
    client_cpu_seconds: float
    lateness: Histogram = field(default_factory=Histogram)
    """Open loop only: how long after its time a request was sent, while the connections or the client were busy."""

    @property
    def answers(self) -> int:
        """How many requests were answered as hoped for."""
        return sum(count for status, count in self.statuses.items() if status.startswith("2"))

    @property
    def failures(self) -> dict[str, int]:
        """Every other outcome."""
        return {status: count for status, count in self.statuses.items() if not status.startswith("2")}

    @property
    def per_second(self) -> float:
        """Good answers per second."""
        return self.answers / self.seconds


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the report. `cpu` is the seconds that each part of the system spent meanwhile, by its name."""

    where: str
    operation: str
    mode: str
    load: Load
    cpu: Mapping[str, float]

    def cpu_per_answer(self, part: str) -> float:
        """Microseconds of CPU that a part of the system spent for each good answer."""
        return self.cpu.get(part, 0.0) * 1_000_000 / max(self.load.answers, 1)

    def as_json(self) -> dict[str, Any]:
        """Everything, with the raw histogram."""
        return {
            "where": self.where,
            "operation": self.operation,
            "mode": self.mode,
            "seconds": self.load.seconds,
            "perSecond": self.load.per_second,
            "statuses": dict(self.load.statuses),
            "milliseconds": {str(percent): self.load.latency.percentile(percent) for percent in (50, 95, 99, 100)},
            "cpuMicrosecondsPerAnswer": {part: self.cpu_per_answer(part) for part in self.cpu},
            "clientCpuSeconds": self.load.client_cpu_seconds,
            "latency": self.load.latency.as_json(),
            "lateness": self.load.lateness.as_json(),
        }


def merged(rounds: Sequence[Measurement]) -> Measurement:
    """Several measurements of one operation as one."""
    first, loads = rounds[0], [one.load for one in rounds]
    statuses: Counter[str] = Counter()
    latency = Histogram()
    for load in loads:
        statuses.update(load.statuses)
        latency.counts.update(load.latency.counts)
    cpu = {part: sum(one.cpu[part] for one in rounds) for part in first.cpu}
    seconds, client = sum(load.seconds for load in loads), sum(load.client_cpu_seconds for load in loads)
    return Measurement(first.where, first.operation, first.mode, Load(seconds, statuses, latency, client), cpu)
