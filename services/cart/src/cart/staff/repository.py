"""The staff's reading of carts; every statement names the company, and every list walks an index."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

_SUMMARY = (
    "id, site_id, customer_id, status, currency, item_count, total, has_contact, version, created_at, updated_at,"
    " last_activity_at, abandoned_at, converted_at, order_id"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of carts is narrowed to; None is any."""

    status: str | None
    site_id: UUID | None
    customer_id: str | None


async def page(unit: TenantUnit, filters: Filters, before: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Carts, the newest first."""
    conditions, args = ["company_id = $1"], [unit.company_id]
    wanted = (("status", filters.status), ("site_id", filters.site_id), ("customer_id", filters.customer_id))
    for column, value in wanted:
        if value is not None:
            args.append(value)  # type: ignore[arg-type]  # texts and ids alike
            conditions.append(f"{column} = ${len(args)}")
    if before is not None:
        args.append(before)
        conditions.append(f"id < ${len(args)}")
    args.append(limit)  # type: ignore[arg-type]  # as above
    return await unit.fetch(
        f"SELECT {_SUMMARY} FROM carts WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ${len(args)}", *args
    )


async def stats(unit: TenantUnit, site_id: UUID | None, currency: str) -> asyncpg.Record | None:
    """How many carts are in each state, and what the open ones with lines come to, in one currency."""
    return await unit.fetchrow(
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


async def activity(unit: TenantUnit, cart_id: UUID, before: UUID | None, limit: int) -> list[asyncpg.Record]:
    """A cart's timeline, the newest first."""
    return await unit.fetch(
        "SELECT id, version, kind, actor, data, at FROM cart_activity WHERE company_id = $1 AND cart_id = $2"
        " AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        unit.company_id,
        cart_id,
        before,
        limit,
    )


async def exists(unit: TenantUnit, cart_id: UUID) -> bool:
    """Whether the company has this cart."""
    found = await unit.fetchval("SELECT true FROM carts WHERE company_id = $1 AND id = $2", unit.company_id, cart_id)
    return bool(found)
