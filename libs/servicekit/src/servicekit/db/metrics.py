"""The measures of the database's pool and transactions (operations.md, "Metrics")."""

from collections.abc import Callable
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

MOST = Gauge("db_pool_connections_max", "The most connections that this process opens")
IN_USE = Gauge("db_pool_connections_in_use", "Connections of this process that a transaction has taken")
TIMEOUTS = Counter("db_pool_timeouts", "Transactions that found no free connection in time")
TRANSACTION = Histogram(
    "db_transaction_seconds",
    "From BEGIN to the end of a transaction; kind is tenant or system",
    ("kind",),
    buckets=_SECONDS,
)


class Connections(Protocol):
    """What the gauges look at."""

    @property
    def size(self) -> int:
        """The most there can be."""

    @property
    def in_use(self) -> int:
        """How many somebody has."""


_watched: set[Connections] = set()


def watch(connections: Connections) -> None:
    """Count a pool's connections in the gauges, which look when they are scraped, until `unwatch`."""
    _watched.add(connections)


def unwatch(connections: Connections) -> None:
    """Count a pool's connections no longer; one that is not counted changes nothing."""
    _watched.discard(connections)


def _sum(measure: Callable[[Connections], int]) -> Callable[[], float]:
    return lambda: float(sum(measure(connections) for connections in tuple(_watched)))


MOST.set_function(_sum(lambda connections: connections.size))
IN_USE.set_function(_sum(lambda connections: connections.in_use))
