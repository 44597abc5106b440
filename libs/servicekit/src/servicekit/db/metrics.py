"""The measures of the database's pool and transactions (operations.md, "Metrics")."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from servicekit.db.pool import ConnectionQueue

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

_queues: "set[ConnectionQueue]" = set()


def watch(queue: "ConnectionQueue") -> None:
    """Count a pool's connections in the gauges, which look when they are scraped, until `unwatch`."""
    _queues.add(queue)


def unwatch(queue: "ConnectionQueue") -> None:
    """Count a pool's connections no longer; one that is not counted changes nothing."""
    _queues.discard(queue)


def _sum(measure: "Callable[[ConnectionQueue], int]") -> Callable[[], float]:
    return lambda: float(sum(measure(queue) for queue in tuple(_queues)))


MOST.set_function(_sum(lambda queue: queue.size))
IN_USE.set_function(_sum(lambda queue: queue.in_use))
