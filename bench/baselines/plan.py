"""What a run asks for: the baseline of each operation under a hundred shoppers, and the loads of an hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SHOPPERS: Final = 100
"""Each has a connection of its own and does something once a second."""
NOT_MEASURED: Final = ("add bundle",)
"""What has a baseline and does not exist yet."""
ADDS_PER_CART: Final = 3
PERCENTS: Final = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Within how many milliseconds half, 95 % and 99 % of the answers come; None where nothing is said."""

    operation: str
    p50: int | None
    p95: int
    p99: int | None

    @property
    def limits(self) -> tuple[int | None, int, int | None]:
        """The three of them, in the order of PERCENTS."""
        return self.p50, self.p95, self.p99


BASELINES: Final = (
    Baseline("create cart", 20, 50, 100),
    Baseline("add item", 30, 80, 150),
    Baseline("update quantity", 25, 60, 120),
    Baseline("apply discount", 40, 100, 200),
    Baseline("totals", 50, 120, 250),
    Baseline("shipping estimate", 100, 300, 600),
    Baseline("tax estimate", 50, 150, 300),
    Baseline("hold", 40, 100, 200),
    Baseline("upsell", 500, 1500, 3000),
    Baseline("analytics overview", None, 500, None),
    Baseline("session merge", None, 300, None),
)


@dataclass(frozen=True, slots=True)
class HourlyLoad:
    """What arrives in an hour. A session comes back to a cart, a query is one of analytics."""

    name: str
    carts: int
    sessions: int
    queries: int

    def per_hour(self) -> dict[str, int]:
        """Requests an hour by operation; a cart is made and gets three items."""
        return {
            "create cart": self.carts,
            "add item": self.carts * ADDS_PER_CART,
            "totals": self.sessions,
            "analytics overview": self.queries,
        }


HOURS: Final = (
    HourlyLoad("normal", 1_000, 5_000, 100),
    HourlyLoad("promotion", 10_000, 50_000, 500),
    HourlyLoad("peak", 50_000, 200_000, 1_000),
)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How many seconds each operation, and each hour's load, is sent for."""

    operation_seconds: int
    hour_seconds: int

    @property
    def seconds(self) -> int:
        """How long requests are sent for in all."""
        return len(BASELINES) * self.operation_seconds + len(HOURS) * self.hour_seconds


FULL: Final = LoadPlan(operation_seconds=20, hour_seconds=60)
QUICK: Final = LoadPlan(operation_seconds=3, hour_seconds=10)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """So many requests of an operation, spread evenly."""

    operation: str
    count: int
    rate: float
    """A second."""


def arrivals_of(load: HourlyLoad, seconds: int) -> Iterator[Arrivals]:
    """The load at the hour's own rate for so many seconds; of what comes less often than that, one request."""
    for operation, per_hour in load.per_hour().items():
        count = max(1, per_hour * seconds // 3600)
        yield Arrivals(operation, count, count / seconds)
