"""The measures of the database's pool and transactions (operations.md, "Metrics")."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import asyncpg
from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from asyncpg.pool import Pool

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

_pools: "set[Pool[asyncpg.Record]]" = set()


def watch(pool: "Pool[asyncpg.Record]") -> None:
    """Count a pool in the gauges, which look when they are scraped, until `unwatch`."""
    _pools.add(pool)


def unwatch(pool: "Pool[asyncpg.Record]") -> None:
    """Count a pool no longer; one that is not counted changes nothing."""
    _pools.discard(pool)


def _sum(measure: "Callable[[Pool[asyncpg.Record]], int]") -> Callable[[], float]:
    return lambda: float(sum(measure(pool) for pool in tuple(_pools)))


MOST.set_function(_sum(lambda pool: pool.get_max_size()))
IN_USE.set_function(_sum(lambda pool: pool.get_size() - pool.get_idle_size()))
