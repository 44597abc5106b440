"""Every SQL statement on the replicas of sites and products."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.cart import SiteChanged
from contracts.inventory import ProductChanged
from servicekit.db import Unit

from analytics.log.domain import Recorded

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


async def put_sites(unit: Unit, events: Sequence[tuple[Recorded, SiteChanged]]) -> None:
    """Keep what is newer than known; each site comes once, in the order of the key."""
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


async def put_products(unit: Unit, events: Sequence[tuple[Recorded, ProductChanged]]) -> None:
    """Keep what is newer than known; each product comes once, in the order of the key."""
    await unit.execute(
        _PRODUCTS,
        [event.company_id for event, _ in events],
        [event.aggregate_id for event, _ in events],
        [event.version for event, _ in events],
        [product.title for _, product in events],
    )


async def sites(unit: Unit, company_id: UUID) -> list[dict[str, Any]]:
    """A company's sites, the oldest first (ids are in the order of time)."""
    rows = await unit.fetch("SELECT * FROM sites WHERE company_id = $1 ORDER BY site_id", company_id)
    return [dict(row) for row in rows]


async def forget(unit: Unit, company_id: UUID) -> None:
    """Remove a company's replicas."""
    await unit.execute("DELETE FROM sites WHERE company_id = $1", company_id)
    await unit.execute("DELETE FROM products WHERE company_id = $1", company_id)
