"""Every statement on what carts were recommended and what they dismissed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from contracts.upsell import UpsellBasis
from servicekit.db import TenantUnit, Unit
from servicekit.ids import new_id

from upsell.recommendations.domain import SHOWN_AT_MOST_EVERY, Recommendation

_RETURNING = "RETURNING id, version, company_id, site_id, cart_id, basis"


async def show(
    unit: TenantUnit,
    *,
    cart_id: UUID,
    site_id: UUID,
    cart_version: int,
    basis: UpsellBasis,
    product_ids: Sequence[UUID],
) -> Recommendation | None:
    """Note that a cart is shown these products; None when this version was shown some already, or a minute is not over.

    Of requests that come at once, one gets the new version of the recommendation and the others None.
    """
    record = await unit.fetchrow(
        f"""INSERT INTO recommendations AS mine
                (company_id, cart_id, id, version, site_id, basis, product_ids, cart_version, shown_at, touched_at)
            VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8)
            ON CONFLICT (company_id, cart_id) DO UPDATE
               SET version = mine.version + 1, basis = EXCLUDED.basis, product_ids = EXCLUDED.product_ids,
                   cart_version = EXCLUDED.cart_version, shown_at = EXCLUDED.shown_at, touched_at = EXCLUDED.touched_at
             WHERE mine.shown_at IS NULL
                OR (mine.cart_version < EXCLUDED.cart_version AND mine.shown_at <= EXCLUDED.shown_at - $9::interval)
            {_RETURNING}""",
        unit.company_id,
        cart_id,
        new_id(),
        site_id,
        basis,
        product_ids,
        cart_version,
        unit.now,
        SHOWN_AT_MOST_EVERY,
    )
    return None if record is None else _recommendation(record)


async def touch(unit: TenantUnit, *, cart_id: UUID, site_id: UUID) -> Recommendation:
    """The next version of what a cart was recommended.

    A cart that was shown nothing on record has seen best sellers: that is what shows while the cart cannot be asked.
    """
    record = await unit.fetchrow(
        f"""INSERT INTO recommendations AS mine
                (company_id, cart_id, id, version, site_id, basis, product_ids, cart_version, touched_at)
            VALUES ($1, $2, $3, 1, $4, 'best_sellers', '{{}}', 0, $5)
            ON CONFLICT (company_id, cart_id) DO UPDATE
               SET version = mine.version + 1, touched_at = EXCLUDED.touched_at
            {_RETURNING}""",
        unit.company_id,
        cart_id,
        new_id(),
        site_id,
        unit.now,
    )
    if record is None:
        raise LookupError("an upsert that always returns its row returned none")
    return _recommendation(record)


async def dismiss(unit: TenantUnit, cart_id: UUID, product_id: UUID) -> bool:
    """Note that a cart does not want a product; False when that was known."""
    noted = await unit.fetchval(
        """INSERT INTO dismissals (company_id, cart_id, product_id, dismissed_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT DO NOTHING RETURNING true""",
        unit.company_id,
        cart_id,
        product_id,
        unit.now,
    )
    return noted is not None


async def dismissed(unit: TenantUnit, cart_id: UUID) -> list[UUID]:
    """The products that a cart does not want."""
    records = await unit.fetch(
        "SELECT product_id FROM dismissals WHERE company_id = $1 AND cart_id = $2", unit.company_id, cart_id
    )
    return [record["product_id"] for record in records]


async def count_untouched(unit: Unit, since: datetime) -> int:
    """How many rows `forget_untouched` would delete, for a system unit."""
    count: int = await unit.fetchval(
        """SELECT (SELECT count(*) FROM recommendations WHERE touched_at < $1)
                + (SELECT count(*) FROM dismissals WHERE dismissed_at < $1)""",
        since,
    )
    return count


async def forget_untouched(unit: Unit, since: datetime, limit: int) -> int:
    """Delete up to `limit` recommendations and as many dismissals last touched before `since`; for a system unit."""
    count: int = await unit.fetchval(
        """WITH shown AS (
               DELETE FROM recommendations WHERE (company_id, cart_id) IN (
                   SELECT company_id, cart_id FROM recommendations WHERE touched_at < $1 LIMIT $2) RETURNING 1
           ), unwanted AS (
               DELETE FROM dismissals WHERE (company_id, cart_id, product_id) IN (
                   SELECT company_id, cart_id, product_id FROM dismissals WHERE dismissed_at < $1 LIMIT $2) RETURNING 1
           )
           SELECT (SELECT count(*) FROM shown) + (SELECT count(*) FROM unwanted)""",
        since,
        limit,
    )
    return count


async def forget_carts(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Delete what was recommended for carts, and what their shoppers did not want."""
    for table in ("recommendations", "dismissals"):
        await unit.execute(
            f"DELETE FROM {table} WHERE company_id = $1 AND cart_id = ANY ($2)", unit.company_id, list(cart_ids)
        )


def _recommendation(record: asyncpg.Record) -> Recommendation:
    return Recommendation(
        id=record["id"],
        version=record["version"],
        company_id=record["company_id"],
        site_id=record["site_id"],
        cart_id=record["cart_id"],
        basis=record["basis"],
    )
