"""Every SQL statement on the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from contracts.base import Event
from contracts.registry import EVENTS
from servicekit.db import SystemUnit, TenantUnit, Unit

from analytics.log.domain import LEFT_OUT, LogEntry, StoredEvent

_ADD = """
INSERT INTO events
    (company_id, event_id, type, aggregate_id, aggregate_version, cart_id, occurred_at, received_at, data)
SELECT e.company_id, e.event_id, e.type, e.aggregate_id, e.version, e.cart_id, e.occurred_at, $8, e.data::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::uuid[], $7::timestamptz[], $9::text[],
        $10::boolean[])
    AS e (company_id, event_id, type, aggregate_id, version, cart_id, occurred_at, data, has_one_time)
LEFT JOIN LATERAL (
    SELECT true AS is_known FROM events AS k
    WHERE NOT e.has_one_time AND k.company_id = e.company_id AND k.aggregate_id = e.aggregate_id
        AND k.aggregate_version = e.version AND k.type = e.type
    LIMIT 1
) AS earlier ON true
WHERE earlier.is_known IS NULL
ORDER BY e.company_id, e.aggregate_id, e.version, e.type
ON CONFLICT DO NOTHING
RETURNING event_id
"""

_OF_CARTS = """
SELECT company_id, event_id, type, aggregate_id, aggregate_version, occurred_at, data
FROM events
WHERE company_id = $1 AND cart_id = ANY($2) AND type = ANY($3)
"""

_NEWEST = """
SELECT DISTINCT ON (type, aggregate_id)
    company_id, event_id, type, aggregate_id, aggregate_version, occurred_at, data
FROM events
WHERE company_id = $1 AND type = ANY($2)
ORDER BY type, aggregate_id, aggregate_version DESC
"""

_COMPANIES = """
WITH RECURSIVE found AS (
    (SELECT company_id FROM events ORDER BY company_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.company_id FROM events AS e WHERE e.company_id > f.company_id ORDER BY e.company_id LIMIT 1)
    FROM found AS f WHERE f.company_id IS NOT NULL
)
SELECT company_id FROM found WHERE company_id IS NOT NULL
"""

_NEXT_CARTS = """
SELECT cart_id FROM (
    (SELECT DISTINCT cart_id FROM events WHERE company_id = $1 AND cart_id > $2 ORDER BY cart_id LIMIT $3)
    UNION
    (SELECT cart_id FROM cart_facts WHERE company_id = $1 AND cart_id > $2 ORDER BY cart_id LIMIT $3)
) AS known
ORDER BY cart_id
LIMIT $3
"""

_BEGAN_BEFORE = """
SELECT cart_id FROM cart_facts
WHERE company_id = $1 AND cart_id = ANY($2) AND least(created_at, first_item_at, viewed_at, checkout_started_at,
    first_abandoned_at, converted_at, merged_at, expired_at, recovered_at, influenced_at) < $3
"""

_PAGE_OF_CART = """
SELECT event_id AS id, type, aggregate_id, aggregate_version AS version, occurred_at, received_at, data
FROM events
WHERE company_id = $1 AND cart_id = $2
  AND ($3::timestamptz IS NULL OR (occurred_at, event_id) > ($3, $4::uuid))
ORDER BY occurred_at, event_id
LIMIT $5
"""


async def add(unit: SystemUnit, events: Sequence[LogEntry]) -> set[UUID]:
    """Append events; return the ids of those that are new.

    An event is recognised by its id, and also by aggregate, version and type, which are unique in every outbox too:
    what an owner publishes again under a new id is not counted again. Each comes once in `events` by both. The keys of
    the log have the time in them, so that it can be divided by months: what may come at another time than before
    (`LogEntry.has_one_time`) is looked for in all of them. Rows are locked in the order of the second key, which an
    event has under every id: two batches never wait for each other.
    """
    rows = await unit.fetch(
        _ADD,
        [event.company_id for event in events],
        [event.event_id for event in events],
        [event.data.type for event in events],
        [event.aggregate_id for event in events],
        [event.version for event in events],
        [event.cart_id for event in events],
        [event.occurred_at for event in events],
        unit.now,
        [event.data.model_dump_json(by_alias=True, exclude=set(LEFT_OUT)) for event in events],
        [event.has_one_time for event in events],
    )
    return {row["event_id"] for row in rows}


async def of_carts(unit: TenantUnit, carts: Sequence[UUID], types: Iterable[type[Event]]) -> list[LogEntry]:
    """The events of some carts, of some types, in no order."""
    rows = await unit.fetch(_OF_CARTS, unit.company_id, carts, [event.type for event in types])
    return [_entry(row) for row in rows]


async def newest(unit: TenantUnit, types: Iterable[type[Event]]) -> list[LogEntry]:
    """The event of the highest version of each aggregate, of some types."""
    rows = await unit.fetch(_NEWEST, unit.company_id, [event.type for event in types])
    return [_entry(row) for row in rows]


async def next_carts(unit: TenantUnit, after: UUID, limit: int) -> list[UUID]:
    """The next carts by id that have events or a row of `cart_facts`."""
    return [row["cart_id"] for row in await unit.fetch(_NEXT_CARTS, unit.company_id, after, limit)]


async def begins_at(unit: Unit) -> datetime | None:
    """From when on the log has every event; None while nothing was dropped from it."""
    moment: datetime | None = await unit.fetchval("SELECT max(begins_at) FROM event_log_begin")
    return moment


async def began_before(unit: TenantUnit, carts: Sequence[UUID], begin: datetime) -> set[UUID]:
    """Which of these carts were there before the log begins, so that it does not say all of them."""
    return {row["cart_id"] for row in await unit.fetch(_BEGAN_BEFORE, unit.company_id, carts, begin)}


async def companies(unit: SystemUnit) -> list[UUID]:
    """Every company that has an event, found by as many steps in the index as there are companies."""
    return [row["company_id"] for row in await unit.fetch(_COMPANIES)]


async def count(unit: TenantUnit) -> int:
    """How many events of the company the log holds."""
    counted: int = await unit.fetchval("SELECT count(*) FROM events WHERE company_id = $1", unit.company_id)
    return counted


async def count_carts(unit: TenantUnit) -> int:
    """How many carts of the company have events."""
    counted: int = await unit.fetchval(
        "SELECT count(DISTINCT cart_id) FROM events WHERE company_id = $1 AND cart_id IS NOT NULL", unit.company_id
    )
    return counted


async def page_of_cart(
    unit: TenantUnit, cart_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[StoredEvent]:
    """A cart's events in the order in which they happened, from after a time and event id."""
    rows = await unit.fetch(_PAGE_OF_CART, unit.company_id, cart_id, *(after or (None, None)), limit)
    return [StoredEvent(**row) for row in rows]


def _entry(row: asyncpg.Record) -> LogEntry:
    return LogEntry(
        event_id=row["event_id"],
        company_id=row["company_id"],
        aggregate_id=row["aggregate_id"],
        version=row["aggregate_version"],
        occurred_at=row["occurred_at"],
        data=EVENTS[row["type"]].model_validate(row["data"]),
    )
