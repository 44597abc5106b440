"""The staff's reading of carts; every statement names the company, and every list walks an index."""

from dataclasses import fields
from uuid import UUID

from servicekit.db import TenantUnit

from cart.staff.domain import CartCounts, Filters, ListedCart, TimelineEntry

_LISTED = ", ".join(field.name for field in fields(ListedCart))
_ENTRY = ", ".join(field.name for field in fields(TimelineEntry))


async def page(unit: TenantUnit, filters: Filters, before: UUID | None, limit: int) -> list[ListedCart]:
    """Carts, the newest first."""
    conditions: list[str] = ["company_id = $1"]
    args: list[object] = [unit.company_id]
    wanted = (("status", filters.status), ("site_id", filters.site_id), ("customer_id", filters.customer_id))
    for column, value in wanted:
        if value is not None:
            args.append(value)
            conditions.append(f"{column} = ${len(args)}")
    if before is not None:
        args.append(before)
        conditions.append(f"id < ${len(args)}")
    args.append(limit)
    rows = await unit.fetch(
        f"SELECT {_LISTED} FROM carts WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ${len(args)}", *args
    )
    return [ListedCart(*row) for row in rows]


async def counts(unit: TenantUnit, site_id: UUID | None, currency: str) -> CartCounts:
    """How many carts are in each state, and what the open ones with lines come to, in one currency."""
    row = await unit.fetchrow(
        """
        SELECT count(*) FILTER (WHERE status = 'ACTIVE') AS active,
            count(*) FILTER (WHERE status = 'ABANDONED') AS abandoned,
            count(*) FILTER (WHERE status = 'CONVERTED') AS converted,
            count(*) FILTER (WHERE status = 'MERGED') AS merged,
            count(*) FILTER (WHERE status = 'EXPIRED') AS expired,
            coalesce(sum(total) FILTER (WHERE status IN ('ACTIVE', 'ABANDONED')), 0)::bigint AS total_value,
            count(*) FILTER (WHERE status IN ('ACTIVE', 'ABANDONED') AND item_count > 0) AS with_lines
        FROM carts WHERE company_id = $1 AND currency = $2 AND ($3::uuid IS NULL OR site_id = $3)""",
        unit.company_id,
        currency,
        site_id,
    )
    if row is None:
        raise LookupError("a count has a row")
    return CartCounts(**dict(row))


async def timeline(unit: TenantUnit, cart_id: UUID, before: UUID | None, limit: int) -> list[TimelineEntry]:
    """A cart's timeline, the newest first."""
    rows = await unit.fetch(
        f"SELECT {_ENTRY} FROM cart_activity WHERE company_id = $1 AND cart_id = $2"
        " AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        unit.company_id,
        cart_id,
        before,
        limit,
    )
    return [TimelineEntry(*row) for row in rows]


async def exists(unit: TenantUnit, cart_id: UUID) -> bool:
    """Whether the company has this cart."""
    found = await unit.fetchval("SELECT true FROM carts WHERE company_id = $1 AND id = $2", unit.company_id, cart_id)
    return bool(found)
