"""How much is measured: everything a run does is bounded here."""

from dataclasses import dataclass

BUSIEST = 2_000
"""Requests a second that are prepared for; a server that is faster gets the first ones again, and says 429."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Lengths in seconds, rates in arrivals a second."""

    seconds: int
    connections: tuple[int, ...]
    open_seconds: int
    open_rates: dict[str, int]
    pipeline_seconds: int
    pipeline_rate: int
    limit_seconds: int
    profile_seconds: int
    hold_rate: int
    hold_seconds: int
    consumed_events: int
    drained_events: int
    streams: int
    stream_rate: int
    stream_seconds: int

    def prepared(self, operation: str) -> int:
        """How many requests one closed loop of this operation gets."""
        share = {"apply code": 0.4, "wish": 0.3}.get(operation, 1.0)
        return int(self.seconds * BUSIEST * share)


FULL = Plan(
    seconds=10,
    connections=(1, 16, 100),
    open_seconds=20,
    open_rates={"create cart": 200, "add item": 200, "get cart": 300, "apply code": 100, "wish": 100},
    pipeline_seconds=40,
    pipeline_rate=150,
    limit_seconds=10,
    profile_seconds=10,
    hold_rate=20,
    hold_seconds=20,
    consumed_events=20_000,
    drained_events=1_000_000,
    streams=2_000,
    stream_rate=50,
    stream_seconds=20,
)
QUICK = Plan(
    seconds=2,
    connections=(1, 16, 100),
    open_seconds=3,
    open_rates={"create cart": 200, "add item": 200, "get cart": 300, "apply code": 100, "wish": 100},
    pipeline_seconds=6,
    pipeline_rate=150,
    limit_seconds=2,
    profile_seconds=3,
    hold_rate=20,
    hold_seconds=8,
    consumed_events=2_000,
    drained_events=20_000,
    streams=200,
    stream_rate=20,
    stream_seconds=3,
)
