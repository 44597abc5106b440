"""What a run found beside the baselines. A slow answer is a figure, and only a request that failed is a fault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.baselines.plan import BASELINES, HOURS, NOT_MEASURED, PERCENTS, Baseline
from bench.report import table
from bench.result import Measurement

SHOPPERS_ROW = "100 shoppers"


def row_of(hour: str) -> str:
    """What measurements of an hour's load are called."""
    return f"{hour} hour"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A measurement beside its baseline."""

    baseline: Baseline
    measurement: Measurement

    @property
    def milliseconds(self) -> tuple[float, ...]:
        """Measured, in the order of PERCENTS."""
        return tuple(self.measurement.load.latency.percentile(percent) for percent in PERCENTS)

    @property
    def over(self) -> tuple[str, ...]:
        """The percentiles that are above the baseline."""
        pairs = zip(PERCENTS, self.milliseconds, self.baseline.limits, strict=True)
        return tuple(f"P{percent}" for percent, found, limit in pairs if limit is not None and found > limit)

    @property
    def text(self) -> str:
        """Failed, over, or ok."""
        if failures := sum(self.measurement.load.failures.values()):
            return f"{failures:,} failed"
        return f"over: {', '.join(self.over)}" if self.over else "ok"


def verdicts(measurements: Sequence[Measurement]) -> list[Verdict]:
    """Every operation that was measured under a hundred shoppers, in the order of the baselines."""
    found = {one.operation: one for one in measurements if one.where == SHOPPERS_ROW}
    return [Verdict(one, found[one.operation]) for one in BASELINES if one.operation in found]


def failures_of(measurements: Sequence[Measurement]) -> int:
    """How many requests of a run were not answered as hoped for."""
    return sum(sum(one.load.failures.values()) for one in measurements)


def as_markdown(measurements: Sequence[Measurement]) -> str:
    """The tables of a run: operations beside their baselines, the loads of an hour, and the machine's own limit."""
    head = ("operation", "arrive a second", *(f"P{percent} ms, of" for percent in PERCENTS), "")
    parts = [table(head, map(_row, verdicts(measurements)))]
    parts += [f"Not measured yet: {', '.join(NOT_MEASURED)}."]
    times = tuple(f"P{percent} ms" for percent in PERCENTS)
    parts += [table(("hour", "operation", "arrive a second", *times, "failed"), _hours(measurements))]
    limits = [one for one in measurements if one.mode.startswith("closed")]
    if limits:
        parts += [table(("machine's own limit", "load", "adds a second", *times), map(_limit, limits))]
    return "\n\n".join(parts) + "\n"


def summary(measurements: Sequence[Measurement]) -> str:
    """The last line of a run."""
    judged = verdicts(measurements)
    over = [verdict.baseline.operation for verdict in judged if verdict.over]
    answered = sum(one.load.answers for one in measurements)
    within = f"{len(judged) - len(over)} of {len(judged)} operations within their baselines"
    beyond = f" (over: {', '.join(over)})" if over else ""
    return f"{within}{beyond}; {answered:,} requests answered, {failures_of(measurements):,} failed"


def _row(verdict: Verdict) -> tuple[object, ...]:
    pairs = zip(verdict.milliseconds, verdict.baseline.limits, strict=True)
    times = (f"{found:.1f} / {limit if limit is not None else '-'}" for found, limit in pairs)
    load = verdict.measurement.load
    return verdict.baseline.operation, f"{load.per_second:,.0f}", *times, verdict.text


def _hours(measurements: Sequence[Measurement]) -> Iterator[tuple[object, ...]]:
    for hour in HOURS:
        for one in measurements:
            if one.where == row_of(hour.name):
                failed = sum(one.load.failures.values())
                yield hour.name, one.operation, f"{one.load.per_second:,.2f}", *_times(one), failed


def _limit(one: Measurement) -> tuple[object, ...]:
    return one.where, one.mode, f"{one.load.per_second:,.0f}", *_times(one)


def _times(one: Measurement) -> tuple[str, ...]:
    return tuple(f"{one.load.latency.percentile(percent):.1f}" for percent in PERCENTS)
