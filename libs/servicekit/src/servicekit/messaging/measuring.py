"""What every worker measures, whether its relay leads or not: the age of the outbox and the depths of queues."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from servicekit.db import Database
from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker

_OLDEST = "SELECT event_id FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1"


async def measure_outbox(database: Database) -> None:
    """Set the age of the oldest event that waits; it stays as it was while the database is away."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        async with database.system_unit() as unit:
            event_id = await unit.fetchval(_OLDEST)
        metrics.OUTBOX_AGE.set(0 if event_id is None else age_of(event_id))


async def measure_queues(broker: Broker, names: Sequence[str]) -> None:
    """Set the depth of each queue that exists; they stay as they were while the broker is away."""
    for name, depth in (await broker.depths(names)).items():
        metrics.QUEUE_DEPTH.labels(name).set(depth)


def age_of(event_id: UUID) -> float:
    """Seconds since an event was made, which its id says; 0 where an id of another kind does not."""
    if event_id.version == 7:
        made = datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)
        return max(0.0, (datetime.now(UTC) - made).total_seconds())
    return 0.0
