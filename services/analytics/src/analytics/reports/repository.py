"""Every SQL statement of the reports."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import asyncpg
from contracts.base import Event
from contracts.cart import CartConverted
from servicekit.db import TenantUnit

from analytics.figures.domain.measures import CREATED, Measure
from analytics.reports.domain.periods import Period
from analytics.reports.domain.report import ProductCounts, PromotionCounts, Scope, Series, TopProducts

CountedT = TypeVar("CountedT")

_CURRENCIES = """
SELECT currency, sum(amount)::bigint AS carts
FROM figures
WHERE company_id = $1 AND measure = $5 AND bucket_start >= $2 AND bucket_start < $3
  AND ($4::uuid IS NULL OR site_id = $4)
GROUP BY currency
"""

_SERIES = """
SELECT width_bucket(bucket_start, $6::timestamptz[]) AS entry, measure, sum(amount)::bigint AS amount
FROM figures
WHERE company_id = $1 AND currency = $2 AND measure = ANY($7) AND bucket_start >= $3 AND bucket_start < $4
  AND ($5::uuid IS NULL OR site_id = $5)
GROUP BY entry, measure
"""

_EVENTS = """
SELECT width_bucket(occurred_at, $5::timestamptz[]) AS entry, type, count(*) AS amount
FROM events
WHERE company_id = $1 AND type = ANY($6) AND occurred_at >= $2 AND occurred_at < $3
  AND ($4::uuid IS NULL OR data ->> 'siteId' = $4::text)
GROUP BY entry, type
"""

_PRODUCTS = """
WITH counted AS (
    SELECT c.product_id,
           count(*) FILTER (WHERE within.added) AS carts_added,
           count(*) FILTER (WHERE within.abandoned) AS carts_abandoned,
           count(*) FILTER (WHERE within.converted) AS carts_converted,
           coalesce(sum(c.quantity_added) FILTER (WHERE within.added), 0)::bigint AS quantity_added,
           coalesce(sum(c.quantity_converted) FILTER (WHERE within.converted), 0)::bigint AS quantity_converted,
           coalesce(sum(c.revenue) FILTER (WHERE within.converted), 0)::bigint AS revenue
    FROM cart_products AS c
    JOIN cart_facts AS f USING (company_id, cart_id)
    CROSS JOIN LATERAL (
        SELECT c.added_at >= $3 AND c.added_at < $4 AS added,
               c.abandoned_at >= $3 AND c.abandoned_at < $4 AS abandoned,
               c.converted_at >= $3 AND c.converted_at < $4 AS converted
    ) AS within
    WHERE c.company_id = $1 AND (within.added OR within.abandoned OR within.converted)
      AND f.currency = $2 AND NOT f.excluded AND ($5::uuid IS NULL OR f.site_id = $5)
    GROUP BY c.product_id
), ranked AS (
    SELECT counted.*,
           rank() OVER (ORDER BY carts_added DESC, product_id) AS added,
           rank() OVER (ORDER BY carts_abandoned DESC, product_id) AS abandoned,
           rank() OVER (ORDER BY carts_converted DESC, product_id) AS converted
    FROM counted
)
SELECT ranked.*, p.title
FROM ranked LEFT JOIN products AS p ON p.company_id = $1 AND p.product_id = ranked.product_id
WHERE least(ranked.added, ranked.abandoned, ranked.converted) <= $6
"""

_PROMOTIONS = """
SELECT d.promotion_id, max(d.name) AS name, count(*) AS uses, sum(d.amount)::bigint AS amount
FROM events AS e
JOIN cart_facts AS f USING (company_id, cart_id)
CROSS JOIN LATERAL (
    SELECT (discount ->> 'promotionId')::uuid AS promotion_id, discount ->> 'name' AS name,
           (discount ->> 'amount')::bigint AS amount
    FROM jsonb_array_elements(e.data -> 'discounts') AS discount
) AS d
WHERE e.company_id = $1 AND e.type = $6 AND e.occurred_at >= $3 AND e.occurred_at < $4
  AND e.data ->> 'actor' NOT IN ('staff', 'bot')
  AND f.currency = $2 AND NOT f.excluded AND ($5::uuid IS NULL OR f.site_id = $5)
GROUP BY d.promotion_id
ORDER BY amount DESC, d.promotion_id
LIMIT $7
"""


async def carts_by_currency(unit: TenantUnit, site_id: UUID | None, period: Period) -> dict[str, int]:
    """How many carts were created in a period, in each currency in which there were any."""
    rows = await unit.fetch(_CURRENCIES, unit.company_id, period.start, period.end, site_id, CREATED.name)
    return {row["currency"]: row["carts"] for row in rows}


async def series(unit: TenantUnit, scope: Scope, measures: Iterable[Measure]) -> Series[Measure]:
    """Sums of measures for each entry of the period."""
    period, by_name = scope.period, {measure.name: measure for measure in measures}
    rows = await unit.fetch(
        _SERIES,
        unit.company_id,
        scope.currency,
        period.start,
        period.end,
        scope.site_id,
        period.starts,
        list(by_name),
    )
    return _series(((by_name[row["measure"]], row["entry"], row["amount"]) for row in rows), period)


async def event_series(unit: TenantUnit, scope: Scope, types: Iterable[type[Event]]) -> Series[type[Event]]:
    """How many events of some types there were in each entry of the period, whatever the currency."""
    period, by_name = scope.period, {event.type: event for event in types}
    rows = await unit.fetch(
        _EVENTS,
        unit.company_id,
        period.start,
        period.end,
        scope.site_id,
        period.starts,
        list(by_name),
    )
    return _series(((by_name[row["type"]], row["entry"], row["amount"]) for row in rows), period)


async def top_products(unit: TenantUnit, scope: Scope, limit: int) -> TopProducts:
    """The products that were added to, left in and sold with most carts of the period, at most `limit` of each."""
    rows = await unit.fetch(_PRODUCTS, *_carts_of(unit, scope), limit)
    return TopProducts(
        added=_top(rows, "added", limit),
        abandoned=_top(rows, "abandoned", limit),
        converted=_top(rows, "converted", limit),
    )


async def top_promotions(unit: TenantUnit, scope: Scope, limit: int) -> list[PromotionCounts]:
    """The promotions that took most off the carts converted in the period."""
    rows = await unit.fetch(_PROMOTIONS, *_carts_of(unit, scope), CartConverted.type, limit)
    return [PromotionCounts(**row) for row in rows]


async def has_site(unit: TenantUnit, site_id: UUID) -> bool:
    """Whether the company has a site with this id, or had carts on one."""
    has: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM sites WHERE company_id = $1 AND site_id = $2)"
        " OR EXISTS (SELECT FROM figures WHERE company_id = $1 AND site_id = $2)",
        unit.company_id,
        site_id,
    )
    return has


def _carts_of(unit: TenantUnit, scope: Scope) -> tuple[UUID, str, datetime, datetime, UUID | None]:
    return unit.company_id, scope.currency, scope.period.start, scope.period.end, scope.site_id


def _top(rows: Iterable[asyncpg.Record], ranking: str, limit: int) -> list[ProductCounts]:
    ranked = [row for row in rows if row[f"carts_{ranking}"] and row[ranking] <= limit]
    columns = [field.name for field in fields(ProductCounts)]
    return [
        ProductCounts(**{name: row[name] for name in columns})
        for row in sorted(ranked, key=lambda row: int(row[ranking]))
    ]


def _series(counted: Iterable[tuple[CountedT, int, int]], period: Period) -> Series[CountedT]:
    """The series of what was counted, the entry of the period (from 1) and the amount."""
    length = len(period.starts)
    sums: dict[CountedT, list[int]] = {}
    for what, entry, amount in counted:
        sums.setdefault(what, [0] * length)[entry - 1] = amount
    return Series(length, sums)
