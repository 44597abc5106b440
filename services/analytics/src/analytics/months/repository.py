"""Every SQL statement that divides the log.

A month is made beside the log and attached to it, which locks nobody out of the other months. What was in the default
partition of that month moves in the same transaction, so that no reader ever misses it; who writes into the default
partition waits only for the last of it and for the attaching.
"""

from typing import Final

from servicekit.db import SystemUnit, Unit, row_security

from analytics.months.domain import Month

_PASS_SECONDS: Final = 3600.0
"""The deadline of moving a month; a million events take about half a minute."""
_LOCK_TIMEOUT: Final = "SET LOCAL lock_timeout = '10s'"
"""Attaching waits for those who read the default partition, and others behind it."""


async def months(unit: Unit) -> list[Month]:
    """The months that have a partition, in order."""
    rows = await unit.fetch(
        """
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events'::regclass AND c.relname <> 'events_default'
        """
    )
    return sorted(Month.of_partition(row["relname"]) for row in rows)


async def months_outside(unit: SystemUnit) -> list[tuple[Month, int]]:
    """The months of which events are in the default partition, and how many."""
    rows = await unit.fetch(
        """
        SELECT date_trunc('month', occurred_at, 'UTC') AS month, count(*) AS events
        FROM events_default GROUP BY 1 ORDER BY 1
        """,
        timeout=_PASS_SECONDS,
    )
    return [(Month.of(row["month"]), row["events"]) for row in rows]


async def make(unit: SystemUnit, month: Month) -> int:
    """Give a month its partition, with what the default one has of it; how many events that were."""
    name, start, end = month.partition, month.start.isoformat(), month.end.isoformat()
    await unit.execute(_LOCK_TIMEOUT)
    await unit.execute(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)")
    for statement in row_security.statements(name):
        await unit.execute(statement)
    moved = await _move(unit, month)
    await unit.execute("LOCK TABLE events_default IN SHARE ROW EXCLUSIVE MODE")
    moved += await _move(unit, month)  # what came meanwhile
    await unit.execute(
        f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')", timeout=_PASS_SECONDS
    )
    return moved


async def _move(unit: SystemUnit, month: Month) -> int:
    """Move a month's events from the default partition to its own, which is not attached yet; how many."""
    moved: int = await unit.fetchval(
        f"""
        WITH gone AS (DELETE FROM events_default WHERE occurred_at >= $1 AND occurred_at < $2 RETURNING *),
        moved AS (INSERT INTO {month.partition} SELECT * FROM gone RETURNING 1)
        SELECT count(*) FROM moved
        """,
        month.start,
        month.end,
        timeout=_PASS_SECONDS,
    )
    return moved


async def drop(unit: SystemUnit, month: Month) -> None:
    """End a month with all its events; the log begins after it from then on."""
    await unit.execute(_LOCK_TIMEOUT)
    await unit.execute(f"DROP TABLE {month.partition}")
    await begin_after(unit, month)


async def drop_outside(unit: SystemUnit, month: Month, limit: int) -> int:
    """Delete so many events of a month from the default partition at most; how many."""
    rows = await unit.fetch(
        """
        DELETE FROM events_default WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM events_default WHERE occurred_at >= $1 AND occurred_at < $2 LIMIT $3)) RETURNING 1
        """,
        month.start,
        month.end,
        limit,
    )
    await begin_after(unit, month)
    return len(rows)


async def begin_after(unit: SystemUnit, month: Month) -> None:
    """Note that the log has no event of this month and those before; never turned back."""
    await unit.execute(
        """
        WITH known AS (UPDATE event_log_begin SET begins_at = greatest(begins_at, $1) RETURNING 1)
        INSERT INTO event_log_begin SELECT $1 WHERE NOT EXISTS (SELECT FROM known)
        """,
        month.end,
    )
