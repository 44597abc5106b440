"""When a version that is being rolled out is over a threshold, and when it is not yet, or not any more."""

from collections.abc import Callable

import pytest
from rollout.cluster.prometheus import Prometheus
from rollout.cluster.thresholds import Watch
from rollout.errors import Breach, Refused

from .stand_ins import SkippingClock

ERRORS, P95, POOL, SCRAPES = 'status=~"5.."', "histogram_quantile", "db_pool_timeouts_total", "max_over_time"


class Answers(Prometheus):
    """A Prometheus whose answers are a function of query and time; None is silence of the whole."""

    def __init__(self, clock: SkippingClock, answer: Callable[[str, float], float | None]) -> None:
        self.clock, self.answer = clock, answer

    def value(self, query: str) -> float | None:
        """Return the answer; -1 stands for no series."""
        value = self.answer(query, self.clock.passed)
        if value is None:
            raise Refused("silence")
        return None if value < 0 else value


def always(part: str, value: float) -> Callable[[str, float], float | None]:
    """One query has a value, and the others are as they should be."""
    return lambda query, _: value if part in query else float("count(up" in query)


def held(
    answer: Callable[[str, float], float | None], seconds: float = 600, is_unready: Callable[[], bool] = lambda: False
) -> float:
    """How long it was looked; raises Breach."""
    clock = SkippingClock()
    watch = Watch(Answers(clock, answer), clock, 'service="cart"', is_unready)
    try:
        watch.hold(seconds, lambda _: None)
    except Breach as breach:
        raise Breach(f"{breach} at {clock.passed:.0f}") from None
    return clock.passed


@pytest.mark.parametrize(
    ("part", "value", "sentence"),
    [
        (ERRORS, 0.11, "5xx above 10 % for 5 minutes at 300"),
        (P95, 5.1, "P95 above 5 s for 10 minutes at 600"),
        (POOL, 1, "requests found no free connection for a minute at 60"),
        (SCRAPES, 1, "a process answered none of three scrapes at 0"),
    ],
)
def test_each_threshold_is_a_breach_once_it_has_lasted(part: str, value: float, sentence: str) -> None:
    """As long as operations.md says."""
    with pytest.raises(Breach, match=sentence):
        held(always(part, value))


@pytest.mark.parametrize(("part", "value"), [(ERRORS, 0.10), (P95, 5.0), (POOL, 0), (ERRORS, -1), (P95, -1)])
def test_what_is_at_its_limit_or_has_no_series_is_none(part: str, value: float) -> None:
    """A canary of which nobody has bought has no latency."""
    assert held(always(part, value)) == 600


def test_what_stops_and_begins_again_is_counted_anew() -> None:
    """Four minutes of errors, a minute without, and four again."""

    def answer(query: str, passed: float) -> float:
        if ERRORS in query:
            return 0.5 if passed % 300 < 240 else 0.0
        return float("count(up" in query)

    assert held(answer, 1770) == 1770


def test_what_is_above_its_limit_as_a_step_ends_keeps_the_step() -> None:
    """However short the watch: it has to come to an end first, or is a breach."""

    def errors_until(end: float) -> Callable[[str, float], float]:
        return lambda query, passed: float(passed < end) if ERRORS in query else float("count(up" in query)

    assert held(errors_until(270), seconds=0) == 270
    with pytest.raises(Breach, match="P95 above 5 s for 10 minutes at 600"):
        held(always(P95, 5.1), seconds=0)


def test_a_pod_that_is_not_ready_for_a_minute_is_a_breach() -> None:
    """Kubernetes says so; one that starts is ready sooner."""
    with pytest.raises(Breach, match=r"not been ready for a minute.* at 60"):
        held(always(POOL, 0), is_unready=lambda: True)


@pytest.mark.parametrize("answer", [lambda query, _: -1.0, lambda query, _: None])
def test_that_nothing_is_seen_is_a_breach_however_short_the_watch(
    answer: Callable[[str, float], float | None],
) -> None:
    """Prometheus has no series of the version, or does not answer at all."""
    with pytest.raises(Breach, match="nothing would be noticed at 120"):
        held(answer, seconds=0)
