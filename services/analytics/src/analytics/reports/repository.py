"""Every SQL statement of the reports."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from contracts.base import Event
from contracts.cart import CartConverted
from servicekit.db import Unit

from analytics.reports.domain import Scope, Series
from analytics.reports.periods import Period

_CURRENCIES = """
SELECT currency, sum(amount)::bigint AS carts
FROM figures
WHERE company_id = $1 AND measure = 'made' AND quarter >= $2 AND quarter < $3 AND ($4::uuid IS NULL OR site_id = $4)
GROUP BY currency
"""

_SERIES = """
SELECT width_bucket(quarter, $6::timestamptz[]) AS entry, measure, sum(amount)::bigint AS amount
FROM figures
WHERE company_id = $1 AND currency = $2 AND measure = ANY($7) AND quarter >= $3 AND quarter < $4
  AND ($5::uuid IS NULL OR site_id = $5)
GROUP BY entry, measure
"""

_EVENTS = """
SELECT width_bucket(occurred_at, $5::timestamptz[]) AS entry, type AS measure, count(*) AS amount
FROM events
WHERE company_id = $1 AND type = ANY($6) AND occurred_at >= $2 AND occurred_at < $3
  AND ($4::uuid IS NULL OR data ->> 'siteId' = $4::text)
GROUP BY entry, type
"""

_PRODUCTS = """
WITH told AS (
    SELECT c.product_id,
           count(*) FILTER (WHERE within.added) AS carts_added,
           count(*) FILTER (WHERE within.abandoned) AS carts_abandoned,
           count(*) FILTER (WHERE within.converted) AS carts_converted,
           coalesce(sum(c.units_added) FILTER (WHERE within.added), 0)::bigint AS units_added,
           coalesce(sum(c.units_converted) FILTER (WHERE within.converted), 0)::bigint AS units_converted,
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
    SELECT told.*,
           rank() OVER (ORDER BY carts_added DESC, product_id) AS added,
           rank() OVER (ORDER BY carts_abandoned DESC, product_id) AS abandoned,
           rank() OVER (ORDER BY carts_converted DESC, product_id) AS converted
    FROM told
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
    SELECT (said ->> 'promotionId')::uuid AS promotion_id, said ->> 'name' AS name,
           (said ->> 'amount')::bigint AS amount
    FROM jsonb_array_elements(e.data -> 'discounts') AS said
) AS d
WHERE e.company_id = $1 AND e.type = $6 AND e.occurred_at >= $3 AND e.occurred_at < $4
  AND e.data ->> 'actor' NOT IN ('staff', 'bot')
  AND f.currency = $2 AND NOT f.excluded AND ($5::uuid IS NULL OR f.site_id = $5)
GROUP BY d.promotion_id
ORDER BY amount DESC, d.promotion_id
LIMIT $7
"""

RANKINGS = ("added", "abandoned", "converted")
"""What products are ranked by: the carts in which that happened to them."""


async def carts_by_currency(unit: Unit, company_id: UUID, site_id: UUID | None, period: Period) -> dict[str, int]:
    """How many carts were made in a period, in each currency that there were any."""
    rows = await unit.fetch(_CURRENCIES, company_id, period.start, period.end, site_id)
    return {row["currency"]: row["carts"] for row in rows}


async def series(unit: Unit, scope: Scope, measures: Iterable[str]) -> Series:
    """Sums of measures for each entry of the period."""
    period = scope.period
    rows = await unit.fetch(
        _SERIES,
        scope.company_id,
        scope.currency,
        period.start,
        period.end,
        scope.site_id,
        period.starts,
        list(measures),
    )
    return _series(rows, period)


async def event_series(unit: Unit, scope: Scope, types: Iterable[type[Event]]) -> Series:
    """How many events of some types there were in each entry of the period, whatever the currency."""
    period = scope.period
    rows = await unit.fetch(
        _EVENTS,
        scope.company_id,
        period.start,
        period.end,
        scope.site_id,
        period.starts,
        [event.type for event in types],
    )
    return _series(rows, period)


async def top_products(unit: Unit, scope: Scope, limit: int) -> dict[str, list[dict[str, Any]]]:
    """For each ranking the products that it happened to in most carts of the period; title None when not known yet."""
    rows = await unit.fetch(_PRODUCTS, *_carts_of(scope), limit)
    return {ranking: _top(rows, ranking, limit) for ranking in RANKINGS}


async def top_promotions(unit: Unit, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """The promotions that took most off the carts converted in the period."""
    rows = await unit.fetch(_PROMOTIONS, *_carts_of(scope), CartConverted.type, limit)
    return [dict(row) for row in rows]


async def has_site(unit: Unit, company_id: UUID, site_id: UUID) -> bool:
    """Say whether anything is known of a company's site."""
    known: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM sites WHERE company_id = $1 AND site_id = $2)"
        " OR EXISTS (SELECT FROM figures WHERE company_id = $1 AND site_id = $2)",
        company_id,
        site_id,
    )
    return known


def _carts_of(scope: Scope) -> tuple[UUID, str, datetime, datetime, UUID | None]:
    return scope.company_id, scope.currency, scope.period.start, scope.period.end, scope.site_id


def _top(rows: Iterable[asyncpg.Record], ranking: str, limit: int) -> list[dict[str, Any]]:
    happened = [row for row in rows if row[f"carts_{ranking}"] and row[ranking] <= limit]
    return [dict(row) for row in sorted(happened, key=lambda row: int(row[ranking]))]


def _series(rows: Iterable[asyncpg.Record], period: Period) -> Series:
    length = len(period.starts)
    sums: dict[str, list[int]] = {}
    for row in rows:
        sums.setdefault(row["measure"], [0] * length)[row["entry"] - 1] = row["amount"]
    return Series(length, sums)
