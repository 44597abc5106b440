"""Finding offers: one statement for each basis, all alike in what may be offered at all.

An offer is an active product, in its first variant that is active, has a price in the currency asked for (in any, when
that is null) and is in stock, backorderable or not counted.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from upsell.offers.domain import MIN_SUPPORT, Offer

_OFFERABLE = """
    JOIN product_snapshots AS product
      ON product.company_id = $1 AND product.product_id = candidate.product_id AND product.active
   CROSS JOIN LATERAL (
       SELECT variant.variant_id, price.key AS currency, price.value::bigint AS amount
         FROM variant_snapshots AS variant
         LEFT JOIN stock_snapshots AS stock
           ON stock.company_id = variant.company_id AND stock.variant_id = variant.variant_id
        CROSS JOIN LATERAL jsonb_each_text(variant.prices) AS price
        WHERE variant.company_id = $1 AND variant.product_id = product.product_id AND variant.active
          AND ($2::text IS NULL OR price.key = $2)
          AND (NOT variant.tracked OR variant.backorderable OR stock.available > 0)
        ORDER BY variant.position, price.key LIMIT 1
   ) AS offer
   WHERE candidate.product_id <> ALL ($3::uuid[])"""
_COLUMNS = "candidate.product_id, offer.variant_id, product.title, product.image_url, offer.amount, offer.currency"


async def bought_with(
    unit: TenantUnit, product_ids: Sequence[UUID], currency: str, excluded: Sequence[UUID], limit: int
) -> list[Offer]:
    """What was bought together with these products, the closest first.

    Closeness is the cosine of each pair, orders with both / sqrt(orders with one x orders with the other), summed over
    the products; ties go to the pair seen more often, then to the smaller id.
    """
    records = await unit.fetch(
        f"""WITH pair AS (
                SELECT product_a AS seed, product_b AS product_id, count FROM item_pairs
                 WHERE company_id = $1 AND product_a = ANY ($4::uuid[]) AND count >= $6
                UNION ALL
                SELECT product_b, product_a, count FROM item_pairs
                 WHERE company_id = $1 AND product_b = ANY ($4::uuid[]) AND count >= $6
            ), candidate AS (
                SELECT pair.product_id, sum(pair.count) AS support,
                       sum(pair.count / sqrt(seed.orders::double precision * other.orders)) AS closeness
                  FROM pair
                  JOIN product_totals AS seed ON seed.company_id = $1 AND seed.product_id = pair.seed
                  JOIN product_totals AS other ON other.company_id = $1 AND other.product_id = pair.product_id
                 GROUP BY pair.product_id
            )
            SELECT {_COLUMNS} FROM candidate {_OFFERABLE}
             ORDER BY candidate.closeness DESC, candidate.support DESC, candidate.product_id LIMIT $5""",
        unit.company_id,
        currency,
        excluded,
        product_ids,
        limit,
        MIN_SUPPORT,
    )
    return [_offer(record) for record in records]


async def best_sellers(unit: TenantUnit, currency: str | None, excluded: Sequence[UUID], limit: int) -> list[Offer]:
    """What most orders had, the most first."""
    records = await unit.fetch(
        f"""SELECT {_COLUMNS} FROM (SELECT product_id, orders FROM product_totals WHERE company_id = $1) AS candidate
            {_OFFERABLE} ORDER BY candidate.orders DESC, candidate.product_id DESC LIMIT $4""",
        unit.company_id,
        currency,
        excluded,
        limit,
    )
    return [_offer(record) for record in records]


async def newest(unit: TenantUnit, currency: str | None, excluded: Sequence[UUID], limit: int) -> list[Offer]:
    """The catalogue, the newest products first: ids of version 7 sort by the time they were made."""
    records = await unit.fetch(
        f"""SELECT {_COLUMNS} FROM (SELECT product_id FROM product_snapshots WHERE company_id = $1) AS candidate
            {_OFFERABLE} ORDER BY candidate.product_id DESC LIMIT $4""",
        unit.company_id,
        currency,
        excluded,
        limit,
    )
    return [_offer(record) for record in records]


async def of_product(unit: TenantUnit, product_id: UUID, currency: str) -> Offer | None:
    """The product as it can be offered now, or None."""
    record = await unit.fetchrow(
        f"SELECT {_COLUMNS} FROM (SELECT $4::uuid AS product_id) AS candidate {_OFFERABLE}",
        unit.company_id,
        currency,
        [],
        product_id,
    )
    return None if record is None else _offer(record)


def _offer(record: asyncpg.Record) -> Offer:
    return Offer(
        product_id=record["product_id"],
        variant_id=record["variant_id"],
        title=record["title"],
        image_url=record["image_url"],
        price=record["amount"],
        currency=record["currency"],
    )
