"""The settings of a site as its carts obey them."""

from dataclasses import dataclass
from uuid import UUID

from servicekit.db import TenantUnit

from cart.carts.domain.values import SitePolicy
from cart.carts.persistence import rows


@dataclass(frozen=True, slots=True)
class FoundSite:
    """A site, and the version of the rules that its carts are priced with."""

    site: SitePolicy
    rules_version: int | None


async def find(unit: TenantUnit, site_id: UUID | None) -> FoundSite | None:
    """One site's settings, or those of the company's first site (rules.md 36)."""
    row = await unit.fetchrow(
        """
        SELECT s.id AS site_id, s.currency AS site_currency, s.max_quantity_per_line, s.max_lines,
            s.abandonment_seconds, s.cart_expiration_days, s.merge_strategy,
            s.inventory_mode, r.version AS rules_version
        FROM sites s LEFT JOIN rule_sets r ON r.company_id = s.company_id
        WHERE s.company_id = $1 AND ($2::uuid IS NULL OR s.id = $2) ORDER BY s.id LIMIT 1""",
        unit.company_id,
        site_id,
    )
    return FoundSite(rows.site_of(row), row["rules_version"]) if row else None
