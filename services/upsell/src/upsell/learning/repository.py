"""Every statement on what was learned. Rows are written in the order of their keys, so two sales never deadlock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit


async def first_sight(unit: TenantUnit, cart_id: UUID, converted_at: datetime) -> bool:
    """Note that this cart's sale is being learned from; False when it already was."""
    noted = await unit.fetchval(
        """INSERT INTO purchases_seen (company_id, cart_id, converted_at) VALUES ($1, $2, $3)
           ON CONFLICT DO NOTHING RETURNING true""",
        unit.company_id,
        cart_id,
        converted_at,
    )
    return noted is not None


async def add_to_totals(unit: TenantUnit, quantities: Sequence[tuple[UUID, int]]) -> None:
    """Count one more order, and the quantity in it, for each product; products come in the order of their ids."""
    await unit.execute(
        """INSERT INTO product_totals AS mine (company_id, product_id, orders, units)
           SELECT $1, id, 1, units FROM unnest($2::uuid[], $3::bigint[]) AS sold (id, units) ORDER BY id
           ON CONFLICT (company_id, product_id) DO UPDATE
              SET orders = mine.orders + 1, units = mine.units + EXCLUDED.units""",
        unit.company_id,
        [product for product, _ in quantities],
        [sold for _, sold in quantities],
    )


async def add_to_pairs(unit: TenantUnit, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Count one more order for each pair; the smaller id comes first in a pair, the smaller pair first in the list."""
    await unit.execute(
        """INSERT INTO item_pairs AS mine (company_id, product_a, product_b, count)
           SELECT $1, a, b, 1 FROM unnest($2::uuid[], $3::uuid[]) AS pair (a, b) ORDER BY a, b
           ON CONFLICT (company_id, product_a, product_b) DO UPDATE SET count = mine.count + 1""",
        unit.company_id,
        [a for a, _ in pairs],
        [b for _, b in pairs],
    )
