"""Every SQL statement on the replicas of sites and products."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.cart import SiteChanged
from contracts.inventory import ProductChanged
from servicekit.db import TenantUnit, Unit

from analytics.log.domain import LogEntry


@dataclass(frozen=True, slots=True)
class Site:
    """A company's site: the default currency and time zone of a report on it."""

    id: UUID
    currency: str
    timezone: str


_SITES = """
INSERT INTO sites AS s (company_id, site_id, version, name, currency, timezone, deleted)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[])
ON CONFLICT (company_id, site_id) DO UPDATE SET
    version = EXCLUDED.version, name = EXCLUDED.name, currency = EXCLUDED.currency, timezone = EXCLUDED.timezone,
    deleted = EXCLUDED.deleted
WHERE s.version < EXCLUDED.version
"""

_PRODUCTS = """
INSERT INTO products AS p (company_id, product_id, version, title)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[])
ON CONFLICT (company_id, product_id) DO UPDATE SET version = EXCLUDED.version, title = EXCLUDED.title
WHERE p.version < EXCLUDED.version
"""


_DELETE_SITES = """
WITH locked AS (SELECT site_id FROM sites WHERE company_id = $1 ORDER BY site_id FOR UPDATE)
DELETE FROM sites AS s USING locked WHERE s.company_id = $1 AND s.site_id = locked.site_id
"""

_DELETE_PRODUCTS = """
WITH locked AS (SELECT product_id FROM products WHERE company_id = $1 ORDER BY product_id FOR UPDATE)
DELETE FROM products AS p USING locked WHERE p.company_id = $1 AND p.product_id = locked.product_id
"""


async def put_sites(unit: Unit, events: Sequence[tuple[LogEntry, SiteChanged]]) -> None:
    """Store sites that are newer than what is stored; each comes once, in the order of the key."""
    await unit.execute(
        _SITES,
        [event.company_id for event, _ in events],
        [event.aggregate_id for event, _ in events],
        [event.version for event, _ in events],
        [site.name for _, site in events],
        [site.currency for _, site in events],
        [site.timezone for _, site in events],
        [site.deleted for _, site in events],
    )


async def put_products(unit: Unit, events: Sequence[tuple[LogEntry, ProductChanged]]) -> None:
    """Store products that are newer than what is stored; each comes once, in the order of the key."""
    await unit.execute(
        _PRODUCTS,
        [event.company_id for event, _ in events],
        [event.aggregate_id for event, _ in events],
        [event.version for event, _ in events],
        [product.title for _, product in events],
    )


async def sites(unit: TenantUnit) -> list[Site]:
    """The company's sites, the oldest first (ids are in the order of time)."""
    rows = await unit.fetch(
        "SELECT site_id AS id, currency, timezone FROM sites WHERE company_id = $1 ORDER BY site_id", unit.company_id
    )
    return [Site(**row) for row in rows]


async def delete(unit: TenantUnit) -> None:
    """Delete the company's replicas, locked in the order of the key, as they are stored."""
    await unit.execute(_DELETE_SITES, unit.company_id)
    await unit.execute(_DELETE_PRODUCTS, unit.company_id)
