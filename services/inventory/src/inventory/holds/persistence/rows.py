"""Holds as they are in their tables."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from inventory.holds.domain import HeldStock, Hold

COLUMNS = (
    "h.id, h.company_id, h.cart_id, h.site_id, h.owner, h.state, h.version, h.expires_at, h.created_at, h.order_id"
)


async def with_stock(unit: TenantUnit, rows: Sequence[asyncpg.Record]) -> list[Hold]:
    """Holds with their lines, read by a statement of their own: after the holds were locked, not before."""
    if not rows:
        return []
    lines = await unit.fetch(
        "SELECT hold_id, variant_id, warehouse_id, sku, quantity FROM hold_lines"
        " WHERE company_id = $1 AND hold_id = ANY ($2::uuid[]) ORDER BY variant_id, warehouse_id",
        unit.company_id,
        [row["id"] for row in rows],
    )
    stock: dict[UUID, list[HeldStock]] = {row["id"]: [] for row in rows}
    for line in lines:
        held = HeldStock(line["variant_id"], line["warehouse_id"], line["sku"], line["quantity"])
        stock[line["hold_id"]].append(held)
    return [_hold(row, tuple(stock[row["id"]])) for row in rows]


def _hold(row: asyncpg.Record, stock: tuple[HeldStock, ...]) -> Hold:
    return Hold(
        id=row["id"],
        company_id=row["company_id"],
        cart_id=row["cart_id"],
        site_id=row["site_id"],
        owner=row["owner"],
        state=row["state"],
        version=row["version"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        order_id=row["order_id"],
        stock=stock,
    )
