"""Reading holds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from inventory.holds.domain import Hold
from inventory.holds.persistence.rows import COLUMNS, with_stock


async def active(unit: TenantUnit, cart_id: UUID) -> Hold | None:
    """The cart's ACTIVE hold, due or not, locked until the transaction ends."""
    row = await unit.fetchrow(
        f"SELECT {COLUMNS} FROM inventory_holds h WHERE h.company_id = $1 AND h.cart_id = $2 AND h.state = 'ACTIVE'"
        " FOR UPDATE",
        unit.company_id,
        cart_id,
    )
    return (await with_stock(unit, [row]))[0] if row else None


async def latest(unit: TenantUnit, cart_id: UUID) -> tuple[Hold | None, datetime]:
    """The cart's open hold, else the one it had last, and the database's time."""
    row = await unit.fetchrow(
        f"SELECT {COLUMNS}, now() AS now FROM inventory_holds h WHERE h.company_id = $1 AND h.cart_id = $2"
        " ORDER BY h.state = 'ACTIVE' DESC, h.id DESC LIMIT 1",
        unit.company_id,
        cart_id,
    )
    if row is None:
        return None, unit.now
    return (await with_stock(unit, [row]))[0], row["now"]


async def open_page(unit: TenantUnit, *, after: UUID | None, limit: int) -> list[Hold]:
    """The company's ACTIVE holds in the order of their ids."""
    rows = await unit.fetch(
        f"SELECT {COLUMNS} FROM inventory_holds h WHERE h.company_id = $1 AND h.state = 'ACTIVE'"
        " AND ($2::uuid IS NULL OR h.id > $2) ORDER BY h.id LIMIT $3",
        unit.company_id,
        after,
        limit,
    )
    return await with_stock(unit, rows)


async def any_due(unit: TenantUnit, variant_ids: Sequence[UUID]) -> bool:
    """Whether a hold past its time still has stock of one of these variants."""
    found: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM inventory_holds h JOIN hold_lines l ON l.company_id = $1 AND l.hold_id = h.id"
        " WHERE h.company_id = $1 AND h.state = 'ACTIVE' AND h.expires_at <= now()"
        " AND l.variant_id = ANY ($2::uuid[]))",
        unit.company_id,
        variant_ids,
    )
    return found


async def companies_with_due(unit: SystemUnit, limit: int) -> list[tuple[UUID, int]]:
    """Companies that have holds past their time, and how many: for the sweeper, in a system unit."""
    rows = await unit.fetch(
        "SELECT company_id, count(*) AS holds FROM inventory_holds WHERE state = 'ACTIVE' AND expires_at <= now()"
        " GROUP BY company_id LIMIT $1",
        limit,
    )
    return [(row["company_id"], row["holds"]) for row in rows]


async def companies_with_open(unit: SystemUnit) -> list[tuple[UUID, int]]:
    """Companies that have ACTIVE holds, and how many, in a system unit."""
    rows = await unit.fetch(
        "SELECT company_id, count(*) AS holds FROM inventory_holds WHERE state = 'ACTIVE' GROUP BY company_id"
    )
    return [(row["company_id"], row["holds"]) for row in rows]
