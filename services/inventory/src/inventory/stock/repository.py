"""Every statement about stock rows outside a hold's placement.

Whoever changes stock locks all rows of the variants concerned, in the order of variant and warehouse, so that two
transactions never wait for each other in a circle, and so that what is published of a variant is the sum over rows that
nobody else is changing. The lock, the change and the outbox rows are one statement: nothing waits for this process
while a busy row is locked (messaging.md, "Stock").
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from contracts.envelope import RecordedEvent
from contracts.inventory import StockChanged
from contracts.schema_ids import PREFIX
from servicekit.db import TenantUnit
from servicekit.ids import new_id
from servicekit.messaging.outbox import OutboxRows, encode

from inventory.stock.domain import Level, Move, Sellable, StockRow, StockState


def left_sql() -> str:
    """A CTE's body: version and availability of each changed variant, from the CTEs `locked` and `moved`."""
    return """
    SELECT l.variant_id,
           sum(coalesce(m.version, l.version)) AS version,
           sum(coalesce(m.available, l.on_hand - l.held - l.safety)) AS available
    FROM locked l LEFT JOIN moved m USING (variant_id, warehouse_id)
    GROUP BY l.variant_id
    HAVING count(m.variant_id) > 0
    """


def outbox_sql(first: int, granted: str = "true") -> str:
    """A CTE's body: insert encoded events (parameters from `first`) into the outbox.

    Drafts of StockChanged are completed from `left_of`. A draft whose variant did not change is not inserted, nor is
    anything unless `granted`, an SQL condition, holds.
    """
    arrays = ("uuid", "uuid", "text", "uuid", "bigint", "text", "text", "timestamptz")
    unnested = ", ".join(f"${first + index}::{kind}[]" for index, kind in enumerate(arrays))
    trace, state, correlation, causation = (f"${first + len(arrays) + index}::text" for index in range(4))
    return f"""
    INSERT INTO outbox (event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, dataschema,
                        routing_key, data, traceparent, tracestate, correlation_id, causation_id, occurred_at)
    SELECT f.event_id, f.company_id, f.aggregate, f.id, coalesce(s.version, f.version), f.type, '{PREFIX}' || f.type,
           f.type,
           CASE WHEN s.variant_id IS NULL THEN f.data::jsonb
                ELSE f.data::jsonb || jsonb_build_object('available', s.available) END,
           {trace}, {state}, {correlation}, {causation}, f.at
    FROM unnest({unnested}) WITH ORDINALITY
        AS f (event_id, company_id, aggregate, id, version, type, data, at, place)
    LEFT JOIN left_of s ON f.type = '{StockChanged.type}' AND s.variant_id = f.id
    WHERE ({granted}) AND (f.type <> '{StockChanged.type}' OR s.variant_id IS NOT NULL)
    ORDER BY f.place
    """


_LOCKED = """
    SELECT variant_id, warehouse_id, on_hand, held, safety, version
    FROM stock_levels
    WHERE company_id = $1 AND variant_id = ANY ($2::uuid[])
    ORDER BY variant_id, warehouse_id
    FOR UPDATE
"""

_MOVE = f"""
WITH locked AS ({_LOCKED}),
change AS (
    SELECT variant_id, warehouse_id, sum(on_hand)::bigint AS on_hand, sum(held)::bigint AS held,
           sum(safety)::bigint AS safety
    FROM unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[])
        AS c (variant_id, warehouse_id, on_hand, held, safety)
    GROUP BY variant_id, warehouse_id
),
moved AS (
    UPDATE stock_levels s
    SET on_hand = s.on_hand + c.on_hand, held = s.held + c.held, safety = s.safety + c.safety, version = s.version + 1
    FROM change c JOIN locked l USING (variant_id, warehouse_id)
    WHERE s.company_id = $1 AND s.variant_id = c.variant_id AND s.warehouse_id = c.warehouse_id
    RETURNING s.variant_id, s.warehouse_id, s.version, s.on_hand - s.held - s.safety AS available
),
left_of AS ({left_sql()}),
published AS ({outbox_sql(8)})
SELECT count(*) FROM moved
"""


_ROW = """
SELECT s.variant_id, v.product_id, v.sku, s.warehouse_id, s.on_hand, s.held, s.safety, s.version,
       s.on_hand - s.held - s.safety AS available, v.tracked, v.backorderable
FROM stock_levels s JOIN variants v ON v.id = s.variant_id
"""


class StockRowMissing(Exception):
    """A move names a stock row that does not exist: a fault of ours, since rows are made with their variant."""


async def move(unit: TenantUnit, moves: Sequence[Move], events: Sequence[RecordedEvent[Any]]) -> None:
    """Apply moves and publish events, in one statement; each variant moved needs its `stock_draft` among the events.

    Several moves of one row add up to one new version. Raises asyncpg.CheckViolationError if `held` would pass below
    zero, and StockRowMissing.
    """
    encoded: OutboxRows = encode(events)
    changed = await unit.fetchval(
        _MOVE,
        unit.company_id,
        sorted({move.variant_id for move in moves}),
        [move.variant_id for move in moves],
        [move.warehouse_id for move in moves],
        [move.on_hand for move in moves],
        [move.held for move in moves],
        [move.safety for move in moves],
        *encoded.args,
    )
    if changed != len({(move.variant_id, move.warehouse_id) for move in moves}):
        raise StockRowMissing(moves)


async def lock(unit: TenantUnit, variant_ids: Sequence[UUID]) -> dict[UUID, list[Level]]:
    """Lock the stock rows of these variants and return them by variant, in the warehouses' order of priority."""
    rows = await unit.fetch(
        f"WITH locked AS ({_LOCKED}) SELECT l.* FROM locked l JOIN warehouses w ON w.id = l.warehouse_id"
        " WHERE w.company_id = $1 ORDER BY l.variant_id, w.priority, w.id",
        unit.company_id,
        sorted(variant_ids),
    )
    levels: dict[UUID, list[Level]] = {}
    for row in rows:
        levels.setdefault(row["variant_id"], []).append(_level(row))
    return levels


async def add_rows(unit: TenantUnit, warehouse_id: UUID, variant_ids: Sequence[UUID]) -> None:
    """Give variants an empty stock row in a warehouse, unless they have one there."""
    await unit.execute(
        "INSERT INTO stock_levels (company_id, variant_id, warehouse_id, on_hand)"
        " SELECT $1, variant_id, $2, 0 FROM unnest($3::uuid[]) AS v (variant_id) ORDER BY variant_id"
        " ON CONFLICT DO NOTHING",
        unit.company_id,
        warehouse_id,
        variant_ids,
    )


async def sellables(unit: TenantUnit, variant_ids: Sequence[UUID]) -> dict[UUID, Sellable]:
    """The company's variants among these ids."""
    rows = await unit.fetch(
        "SELECT v.id, v.product_id, v.sku, v.tracked, v.backorderable, v.active AND"
        "       (SELECT p.active FROM products p WHERE p.company_id = $1 AND p.id = v.product_id) AS active"
        " FROM variants v WHERE v.company_id = $1 AND v.id = ANY ($2::uuid[])",
        unit.company_id,
        variant_ids,
    )
    return {row["id"]: _sellable(row) for row in rows}


async def find(unit: TenantUnit, variant_id: UUID, warehouse_id: UUID) -> StockRow | None:
    """One stock row with what `page` gives of it, if it is there."""
    row = await unit.fetchrow(
        f"{_ROW} WHERE s.company_id = $1 AND s.variant_id = $2 AND s.warehouse_id = $3",
        unit.company_id,
        variant_id,
        warehouse_id,
    )
    return StockRow(**row) if row else None


async def read(unit: TenantUnit, variant_id: UUID, warehouse_id: UUID) -> StockRow:
    """One stock row, which exists, with what `page` gives of it."""
    row = await find(unit, variant_id, warehouse_id)
    if row is None:
        raise StockRowMissing(variant_id, warehouse_id)
    return row


async def page(
    unit: TenantUnit,
    *,
    after: tuple[UUID, UUID] | None,
    limit: int,
    sku: str | None,
    product_id: UUID | None,
) -> list[StockRow]:
    """Stock rows in the order of variant and warehouse, after a place in that order."""
    variant_id, warehouse_id = after or (None, None)
    rows = await unit.fetch(
        f"{_ROW} WHERE s.company_id = $1 AND v.company_id = $1"
        " AND ($2::uuid IS NULL OR (s.variant_id, s.warehouse_id) > ($2, $3::uuid))"
        " AND ($4::text IS NULL OR v.sku = $4) AND ($5::uuid IS NULL OR v.product_id = $5)"
        " ORDER BY s.variant_id, s.warehouse_id LIMIT $6",
        unit.company_id,
        variant_id,
        warehouse_id,
        sku,
        product_id,
        limit,
    )
    return [StockRow(**row) for row in rows]


async def note_adjustment(
    unit: TenantUnit, variant_id: UUID, warehouse_id: UUID, *, delta: int, reason: str, by: str
) -> None:
    """Keep who corrected a stock row, by how much and why."""
    await unit.execute(
        "INSERT INTO stock_adjustments (id, company_id, variant_id, warehouse_id, delta, reason, adjusted_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(),
        unit.company_id,
        variant_id,
        warehouse_id,
        delta,
        reason,
        by,
    )


async def note_discrepancies(unit: TenantUnit, cart_id: UUID, order_id: str, missing: dict[UUID, int]) -> None:
    """Keep what an order needed and stock did not have, once per order and variant."""
    await unit.execute(
        "INSERT INTO stock_discrepancies (company_id, order_id, variant_id, cart_id, missing)"
        " SELECT $1, $2, m.variant_id, $3, m.missing FROM unnest($4::uuid[], $5::bigint[]) AS m (variant_id, missing)"
        " ON CONFLICT DO NOTHING",
        unit.company_id,
        order_id,
        cart_id,
        list(missing),
        list(missing.values()),
    )


async def states(unit: TenantUnit, *, after: UUID | None, limit: int) -> list[StockState]:
    """Variants with version and availability summed over their warehouses, in the order of their ids."""
    rows = await unit.fetch(_STATES, unit.company_id, after or _FIRST, limit)
    return [StockState(_sellable(row), int(row["available"]), int(row["version"])) for row in rows]


_FIRST = UUID(int=0)
_STATES = """
WITH page AS (
    SELECT variant_id, sum(version) AS version, sum(on_hand - held - safety) AS available
    FROM stock_levels WHERE company_id = $1 AND variant_id > $2
    GROUP BY variant_id HAVING sum(version) > 0 ORDER BY variant_id LIMIT $3
)
SELECT v.id, v.product_id, v.sku, v.active, v.tracked, v.backorderable, page.version, page.available
FROM page JOIN variants v ON v.id = page.variant_id
WHERE v.company_id = $1 ORDER BY v.id
"""
"""By the stock's key, which begins with the company: a page reads its own rows, wherever in the catalogue it is."""


def _sellable(row: asyncpg.Record) -> Sellable:
    return Sellable(row["id"], row["product_id"], row["sku"], row["active"], row["tracked"], row["backorderable"])


def _level(row: asyncpg.Record) -> Level:
    return Level(row["variant_id"], row["warehouse_id"], row["on_hand"], row["held"], row["safety"])
