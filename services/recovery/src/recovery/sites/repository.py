"""Every statement on sites."""

from uuid import UUID

from contracts.cart import SiteChanged
from contracts.envelope import Envelope
from servicekit.db import TenantUnit

from recovery.sites.domain import Site


async def keep(unit: TenantUnit, event: Envelope[SiteChanged]) -> None:
    """Store the site of the event, unless what is stored is as new or newer."""
    site = event.data
    await unit.execute(
        """
        INSERT INTO sites AS known
            (company_id, id, version, name, company_name, locale, timezone, portal_url, deleted)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (company_id, id) DO UPDATE SET
            version = excluded.version, name = excluded.name, company_name = excluded.company_name,
            locale = excluded.locale, timezone = excluded.timezone, portal_url = excluded.portal_url,
            deleted = excluded.deleted
        WHERE known.version < excluded.version
        """,
        unit.company_id,
        event.subject,
        event.aggregateversion,
        site.name,
        site.company_name,
        site.locale,
        site.timezone,
        site.portal_url,
        site.deleted,
    )


async def get(unit: TenantUnit, site_id: UUID) -> Site | None:
    """The site, or None while its SiteChanged has not arrived."""
    row = await unit.fetchrow(
        """
        SELECT id, name, company_name, locale, timezone, portal_url
        FROM sites WHERE company_id = $1 AND id = $2
        """,
        unit.company_id,
        site_id,
    )
    return Site(**row) if row else None


async def first(unit: TenantUnit) -> Site | None:
    """The company's first site that is not deleted (rules.md 36), or None."""
    row = await unit.fetchrow(
        """
        SELECT id, name, company_name, locale, timezone, portal_url
        FROM sites WHERE company_id = $1 AND NOT deleted ORDER BY id LIMIT 1
        """,
        unit.company_id,
    )
    return Site(**row) if row else None
