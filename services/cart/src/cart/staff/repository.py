"""The staff's reading of carts; every statement names the company, and every list walks an index."""

from dataclasses import fields
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from cart.staff.domain import CartCounts, Filters, ListedCart, TimelineEntry

_LISTED = ", ".join(field.name for field in fields(ListedCart))
_ENTRY = ", ".join(field.name for field in fields(TimelineEntry))


async def page(unit: TenantUnit, filters: Filters, before: UUID | None, limit: int) -> list[ListedCart]:
    """Carts, the newest first."""
    conditions: list[str] = ["company_id = $1"]
    args: list[object] = [unit.company_id]
    wanted = {
        "status": filters.status,
        "site_id": filters.site_id,
        "customer_id": filters.customer_id,
        "visitor_id": filters.visitor_id,
    }
    for column, value in wanted.items():
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
    """How many carts are in each state, and what the open ones with lines come to, in one currency.

    It reads what is kept and what is noted since, in one statement: exact at any moment, however many carts there are.
    """
    row = await unit.fetchrow(
        """
        SELECT coalesce(sum(carts) FILTER (WHERE status = 'ACTIVE'), 0)::bigint AS active,
            coalesce(sum(carts) FILTER (WHERE status = 'ABANDONED'), 0)::bigint AS abandoned,
            coalesce(sum(carts) FILTER (WHERE status = 'CONVERTED'), 0)::bigint AS converted,
            coalesce(sum(carts) FILTER (WHERE status = 'MERGED'), 0)::bigint AS merged,
            coalesce(sum(carts) FILTER (WHERE status = 'EXPIRED'), 0)::bigint AS expired,
            coalesce(sum(total) FILTER (WHERE status IN ('ACTIVE', 'ABANDONED')), 0)::bigint AS total_value,
            coalesce(sum(with_lines) FILTER (WHERE status IN ('ACTIVE', 'ABANDONED')), 0)::bigint AS with_lines
        FROM (
            SELECT site_id, status, carts, with_lines, total FROM cart_counts WHERE company_id = $1 AND currency = $2
            UNION ALL
            SELECT site_id, status, carts, with_lines, total FROM cart_count_changes
            WHERE company_id = $1 AND currency = $2
        ) counted
        WHERE $3::uuid IS NULL OR site_id = $3""",
        unit.company_id,
        currency,
        site_id,
    )
    if row is None:
        raise LookupError("a sum has a row")
    return CartCounts(**dict(row))


async def active_by_currency(unit: SystemUnit) -> list[tuple[str, int, int]]:
    """Over all companies, in each currency: how many ACTIVE carts have lines, and their sum in minor units."""
    rows = await unit.fetch(
        """
        SELECT currency, sum(with_lines)::bigint AS carts, sum(total)::bigint AS value
        FROM (
            SELECT currency, with_lines, total FROM cart_counts WHERE status = 'ACTIVE'
            UNION ALL
            SELECT currency, with_lines, total FROM cart_count_changes WHERE status = 'ACTIVE'
        ) counted
        GROUP BY currency HAVING sum(with_lines) > 0 ORDER BY currency"""
    )
    return [(row["currency"], row["carts"], row["value"]) for row in rows]


async def fold_counts(unit: SystemUnit, limit: int) -> int:
    """Add up to `limit` noted changes to the counts, and end the notes; how many. Runners share the work."""
    folded: int = await unit.fetchval(
        """
        WITH taken AS (
            DELETE FROM cart_count_changes WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM cart_count_changes LIMIT $1 FOR UPDATE SKIP LOCKED))
            RETURNING company_id, site_id, currency, status, carts, with_lines, total
        ), added AS (
            INSERT INTO cart_counts AS c (company_id, site_id, currency, status, carts, with_lines, total)
            SELECT company_id, site_id, currency, status, sum(carts), sum(with_lines), sum(total) FROM taken
            GROUP BY company_id, site_id, currency, status ORDER BY company_id, site_id, currency, status
            ON CONFLICT (company_id, site_id, currency, status) DO UPDATE SET carts = c.carts + excluded.carts,
                with_lines = c.with_lines + excluded.with_lines, total = c.total + excluded.total
        )
        SELECT count(*) FROM taken""",
        limit,
    )
    return folded


async def count_noted(unit: SystemUnit) -> int:
    """How many changes are noted and not folded."""
    return int(await unit.fetchval("SELECT count(*) FROM cart_count_changes"))


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
