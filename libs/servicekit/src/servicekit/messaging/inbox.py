"""The inbox: what makes an event delivered many times take effect once (messaging.md, "Consuming").

The row is inserted first, in the transaction of the effect: both stay or neither does. A redelivery that arrives while
the first is still at work waits for it, at most the unit's lock timeout.
"""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import Unit


async def first_time(unit: Unit, consumer: str, event_id: UUID) -> bool:
    """Note that `consumer` handles this event in this transaction; False when it already has."""
    seen = await unit.fetchval(
        "INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true",
        consumer,
        event_id,
    )
    return seen is not None


async def first_times(unit: Unit, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Note many events at once and return those that `consumer` has not handled before."""
    rows = await unit.fetch(
        "INSERT INTO inbox (consumer, event_id) SELECT $1, id FROM unnest($2::uuid[]) AS event (id) ORDER BY id"
        " ON CONFLICT DO NOTHING RETURNING event_id",  # in one order everywhere: two batches cannot deadlock
        consumer,
        event_ids,
    )
    return {row["event_id"] for row in rows}


async def is_newer(unit: Unit, *, consumer: str, aggregate_id: UUID, version: int) -> bool:
    """Return whether this version of an aggregate is newer than any that `consumer` has applied, and remember it.

    For those who keep state: an older version that arrives late is to be skipped. Locks the cursor until the unit ends,
    so two versions of one aggregate are applied one after the other.
    """
    newer = await unit.fetchval(
        "INSERT INTO inbox_cursor AS cursor (consumer, aggregate_id, last_version) VALUES ($1, $2, $3)"
        " ON CONFLICT (consumer, aggregate_id) DO UPDATE SET last_version = excluded.last_version, applied_at = now()"
        " WHERE cursor.last_version < excluded.last_version RETURNING true",
        consumer,
        aggregate_id,
        version,
    )
    return newer is not None
