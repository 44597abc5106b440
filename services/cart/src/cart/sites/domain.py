"""Companies and sites, and the event that a change of a site publishes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart import SiteChanged
from contracts.envelope import RecordedEvent

from cart.carts.domain.values import InventoryMode, MergeStrategy


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant of the platform."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What a company may set of a site (api.md, "Site settings")."""

    name: str
    type: str
    currency: str
    locale: str
    timezone: str
    portal_url: str
    merge_strategy: MergeStrategy
    max_quantity_per_line: int
    max_lines: int
    abandonment_seconds: int
    cart_expiration_days: int
    inventory_mode: InventoryMode
    enable_wishlist: bool
    enable_compare: bool
    max_compare_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(SiteSettings):
    """A site as it is stored."""

    id: UUID
    company_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime

    def changed(self, company_name: str) -> RecordedEvent[SiteChanged]:
        """The event of how the site is now."""
        event = SiteChanged(
            name=self.name,
            company_name=company_name,
            site_type=self.type,
            currency=self.currency,
            locale=self.locale,
            timezone=self.timezone,
            portal_url=self.portal_url,
        )
        return RecordedEvent(event, self.company_id, self.id, self.version, self.updated_at)
