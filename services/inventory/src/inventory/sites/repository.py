"""Every statement on sites."""

from uuid import UUID

from contracts.cart import SiteChanged
from contracts.envelope import Envelope
from servicekit.db import TenantUnit


async def keep(unit: TenantUnit, event: Envelope[SiteChanged]) -> bool:
    """Store the site of the event; False, changing nothing, when what is stored is as new or newer."""
    kept = await unit.fetchval(
        """
        INSERT INTO sites AS known (company_id, id, version, currency, deleted) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (company_id, id) DO UPDATE SET
            version = excluded.version, currency = excluded.currency, deleted = excluded.deleted
        WHERE known.version < excluded.version
        RETURNING true
        """,
        unit.company_id,
        event.subject,
        event.aggregateversion,
        event.data.currency,
        event.data.deleted,
    )
    return kept is not None


async def currency_of(unit: TenantUnit, site_id: UUID | None) -> str | None:
    """The currency of a site that is not deleted, of the company's first one without an id (rules.md 36); or None."""
    currency: str | None = await unit.fetchval(
        "SELECT currency FROM sites WHERE company_id = $1 AND NOT deleted AND ($2::uuid IS NULL OR id = $2)"
        " ORDER BY id LIMIT 1",
        unit.company_id,
        site_id,
    )
    return currency
