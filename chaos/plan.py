"""How long a run is, how much is shopped, and what breaks how often."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds, unless said otherwise; a fault whose period is 0 does not happen. `rate` is commands a second."""

    seconds: float
    shoppers: int
    rate: float
    kill_service: float = 0.0
    kill_gateway: float = 0.0
    kill_broker: float = 0.0
    kill_postgres: float = 0.0
    kill_redis: float = 0.0
    flush_redis: float = 0.0
    stand_still: float = 0.0
    """How often something stands still, and"""
    still_seconds: float = 0.0
    """for how long."""
    cut: float = 0.0
    """How often a wire to one of the servers is cut, stalled or slow,"""
    cut_upstream: float = 0.0
    """how often one to a service that others call, and"""
    cut_seconds: float = 0.0
    """for how long."""
    patience: float = 300.0
    """How long a command's answer, and in the end quiet, is waited for."""
    steady: float = 3.0
    """How long it has to be quiet to count as quiet."""


FULL = Plan(
    seconds=120,
    shoppers=12,
    rate=20,
    kill_service=3,
    kill_gateway=17,
    kill_broker=15,
    kill_postgres=20,
    kill_redis=25,
    flush_redis=10,
    stand_still=31,
    still_seconds=30,
    cut=12,
    cut_upstream=9,
    cut_seconds=4,
)
QUICK = Plan(
    seconds=30,
    shoppers=8,
    rate=15,
    kill_service=5,
    kill_gateway=10,
    kill_broker=12,
    kill_postgres=14,
    kill_redis=16,
    flush_redis=7,
    stand_still=8,
    still_seconds=6,
    cut=9,
    cut_upstream=8,
    cut_seconds=2,
)
MAILS = Plan(seconds=3600, shoppers=4, rate=2.5, patience=2400)
"""For kills around a send, which are counted: the time is a limit. A dead worker's step waits half an hour at most."""
SHORT = Plan(seconds=3, shoppers=6, rate=15, steady=1)
"""For the journeys' tests, which bring their own faults."""
LIMIT_SECONDS = 60.0
"""Within which the backlog has to be empty after the last fault."""
