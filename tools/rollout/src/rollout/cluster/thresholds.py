"""When a version that is being rolled out is taken back: the thresholds of operations.md, "Roll-out and rollback"."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rollout.cluster.clock import Clock
from rollout.cluster.prometheus import Prometheus
from rollout.errors import Breach, Refused

LOOK_SECONDS = 15.0
"""Between two looks: as often as Prometheus scrapes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """More than `limit`, for as long as `seconds`, is too much; `{of}` in the query selects whose series."""

    name: str
    query: str
    limit: float
    seconds: float


THRESHOLDS = (
    Threshold(
        "5xx above 10 % for 5 minutes",
        'sum(rate(http_server_request_duration_seconds_count{{{of},status=~"5.."}}[5m]))'
        " / sum(rate(http_server_request_duration_seconds_count{{{of}}}[5m]))",
        limit=0.10,
        seconds=300,
    ),
    Threshold(
        "P95 above 5 s for 10 minutes",
        "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{{{of}}}[5m])))",
        limit=5,
        seconds=600,
    ),
    Threshold(
        "requests found no free connection for a minute",
        "sum(increase(db_pool_timeouts_total{{{of}}}[5m]))",
        limit=0,
        seconds=60,
    ),
    Threshold(
        "a process answered none of three scrapes", "count(max_over_time(up{{{of}}}[45s]) == 0)", limit=0, seconds=0
    ),
)
_SEEN = "count(up{{{of}}})"
_UNSEEN = "Prometheus has had no series of it for 2 minutes, so that nothing would be noticed"
_UNSEEN_SECONDS = 120.0
_UNREADY = "a pod has not been ready for a minute: it failed more than three checks"
_UNREADY_SECONDS = 60.0
"""Longer than a pod that is added takes to start."""


@dataclass(slots=True)
class Watch:
    """Looks at the thresholds of one version; what is above a limit is remembered from look to look.

    `of` selects its series, such as service="cart",track="canary"; `is_unready` says whether Kubernetes misses a pod.
    """

    prometheus: Prometheus
    clock: Clock
    of: str
    is_unready: Callable[[], bool]
    _since: dict[str, float] = field(default_factory=dict)

    def hold(self, seconds: float, advance: Callable[[float], None]) -> None:
        """Look for so long, and on while anything is above its limit; raises Breach at the first breach.

        So nothing passes that is above a limit as its time ends.
        """
        end = self.clock.now() + seconds
        while True:
            self.look()
            if self.clock.now() >= end and not self._since:
                return
            self.clock.wait(LOOK_SECONDS)
            advance(LOOK_SECONDS)

    def look(self) -> None:
        """Look once; raises Breach when something has been above its limit for as long as that takes."""
        try:
            values = {each: self.prometheus.value(each.query.format(of=self.of)) for each in THRESHOLDS}
            is_seen = self.prometheus.value(_SEEN.format(of=self.of)) is not None
            is_unready = self.is_unready()
        except Refused:
            values, is_seen, is_unready = {}, False, False
        self._judge(_UNSEEN, _UNSEEN_SECONDS, is_above=not is_seen)
        self._judge(_UNREADY, _UNREADY_SECONDS, is_above=is_unready)
        for threshold, value in values.items():
            self._judge(threshold.name, threshold.seconds, is_above=value is not None and value > threshold.limit)

    def _judge(self, name: str, seconds: float, *, is_above: bool) -> None:
        if not is_above:
            self._since.pop(name, None)
        elif self.clock.now() - self._since.setdefault(name, self.clock.now()) >= seconds:
            raise Breach(name)
