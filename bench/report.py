"""What a run found, as a table to read and a file to keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.backlog import Sample
from bench.consuming.result import PARTS, Consumption
from bench.draining.result import PARTS as DRAIN_PARTS
from bench.draining.result import Drain
from bench.growth.result import Growth
from bench.result import Load, Measurement

_CPU_PARTS = ("api", "postgres", "redis")


@dataclass(slots=True)
class Report:
    """Everything found so far; filled as a run goes on."""

    configuration: Mapping[str, str]
    measurements: list[Measurement] = field(default_factory=list)
    backlog: list[Sample] = field(default_factory=list)
    delays: Mapping[str, Sequence[float]] = field(default_factory=dict)
    caught_up_after: float | None = None
    profile: Mapping[str, float] = field(default_factory=dict)
    consumed: list[Consumption] = field(default_factory=list)
    drained: list[Drain] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """All of it, raw."""
        return {
            "configuration": dict(self.configuration),
            "measurements": [measurement.as_json() for measurement in self.measurements],
            "backlog": [sample.as_json() for sample in self.backlog],
            "delaysMilliseconds": {name: list(values) for name, values in self.delays.items()},
            "caughtUpAfterSeconds": self.caught_up_after,
            "profile": dict(self.profile),
            "consumed": [consumption.as_json() for consumption in self.consumed],
            "drained": [drain.as_json() for drain in self.drained],
            "growth": [one.as_json() for one in self.growth],
            "notes": self.notes,
        }

    def as_markdown(self) -> str:
        """The tables."""
        parts = [self._failures(), self._configuration(), self._speed(), self._shares(), self._pipeline()]
        parts += [self._consumed(), self._drained(), self._growth(), self._profile()]
        parts += ["\n".join(f"- {note}" for note in self.notes)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def of(self, where: str, operation: str, mode: str) -> Measurement | None:
        """One measurement, if it was made."""
        wanted = (where, operation, mode)
        return next((m for m in self.measurements if (m.where, m.operation, m.mode) == wanted), None)

    def _failures(self) -> str:
        lines = [
            f"**FAILED REQUESTS** in {m.where}, {m.operation}, {m.mode}: {_listed(m.load.failures)}"
            for m in self.measurements
            if m.load.failures
        ]
        return "\n".join(lines)

    def _configuration(self) -> str:
        return table(("what", "is"), self.configuration.items())

    def _speed(self) -> str:
        head = ("where", "operation", "load", "per second", "P50 ms", "P95 ms", "P99 ms", "max ms", "failed")
        costs = tuple(f"{part} CPU µs" for part in _CPU_PARTS)
        return table((*head, *costs, "client CPU"), (_row(measurement) for measurement in self.measurements))

    def _shares(self) -> str:
        """What the api reaches of each limit, with as many connections."""
        rows = []
        for mode in ("closed, 1", "closed, 16"):
            ours = self.of("api alone", "add item", mode)
            for limit in ("pgbench", "bare route"):
                best = self.of(limit, "add item", mode)
                if ours and best and best.load.per_second:
                    share = ours.load.per_second / best.load.per_second
                    rows.append((mode, limit, f"{best.load.per_second:,.0f}", f"{share:.0%}"))
        return table(("load", "limit", "its adds per second", "we reach"), rows) if rows else ""

    def _pipeline(self) -> str:
        if not self.backlog:
            return ""
        every = max(1, len(self.backlog) // 10)
        rows = [
            (f"{s.at:.0f}", s.unsent, f"{s.oldest_seconds:.2f}", s.queued, s.analytics_behind)
            for s in self.backlog[::every]
        ]
        samples = table(("second", "outbox unsent", "oldest s", "in queues", "analytics behind"), rows)
        delays = [(name, *(f"{value:.0f}" for value in values)) for name, values in self.delays.items()]
        ended = self.caught_up_after
        caught = "" if ended is None else f"Nothing waited {ended:.1f} s after the load ended."
        return "\n\n".join((samples, table(("delay", "P50 ms", "P95 ms", "P99 ms"), delays), caught))

    def _consumed(self) -> str:
        head = ("service", "workers", "companies", "events", "per second", *(f"{part} CPU µs" for part in PARTS))
        return table(head, (consumption.row() for consumption in self.consumed)) if self.consumed else ""

    def _drained(self) -> str:
        head = ("outbox of", "per second", *(f"{part} CPU µs" for part in DRAIN_PARTS))
        return table(head, (drain.row() for drain in self.drained)) if self.drained else ""

    def _growth(self) -> str:
        if not self.growth:
            return ""
        few, many = self.growth[0].few.where, self.growth[0].many.where
        head = ("operation", f"P95 ms, {few}", many, "times", f"postgres CPU µs, {few}", many)
        return table(head, (one.row() for one in self.growth))

    def _profile(self) -> str:
        rows = [(layer, f"{share:.0%}") for layer, share in self.profile.items() if share >= 0.005]
        return table(("the api's CPU under adds goes to", "share"), rows) if rows else ""


def one_line(measurement: Measurement) -> str:
    """A measurement as it is shown while a run goes on."""
    load = measurement.load
    text = (
        f"{measurement.where:<10} {measurement.operation:<12} {measurement.mode:<12} {load.per_second:7,.0f}/s"
        f"  P50 {load.latency.percentile(50):7.2f}  P99 {load.latency.percentile(99):7.2f} ms"
    )
    if "api" in measurement.cpu:
        text += f"  api CPU {measurement.cpu_per_answer('api'):6,.0f} µs"
    return text + (f"  FAILED: {_listed(load.failures)}" if load.failures else "")


def _row(measurement: Measurement) -> tuple[object, ...]:
    load, latency = measurement.load, measurement.load.latency
    times = [f"{latency.percentile(percent):.2f}" for percent in (50, 95, 99)]
    costs = [f"{measurement.cpu_per_answer(part):,.0f}" if part in measurement.cpu else "" for part in _CPU_PARTS]
    return (
        measurement.where,
        measurement.operation,
        measurement.mode,
        f"{load.per_second:,.0f}",
        *times,
        f"{latency.longest:.1f}",
        _listed(load.failures) or "0",
        *costs,
        _client(load),
    )


def _client(load: Load) -> str:
    """The share of one core that the load generator took."""
    return f"{load.client_cpu_seconds / load.seconds:.0%}"


def _listed(failures: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(failures.items()))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as a table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])
