"""What a cart was recommended, and the events about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.upsell import UpsellAdded, UpsellBasis, UpsellDismissed, UpsellShown

SHOWN_AT_MOST_EVERY = timedelta(minutes=1)
"""UpsellShown is published once per version of a cart, and no more often than this."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The record of what a cart was recommended, at one version of it: the aggregate of the upsell events."""

    id: UUID
    version: int
    company_id: UUID
    site_id: UUID
    cart_id: UUID
    basis: UpsellBasis

    def shown(self, product_ids: Sequence[UUID], at: datetime) -> RecordedEvent[UpsellShown]:
        """UpsellShown for these products."""
        event = UpsellShown(
            site_id=self.site_id, cart_id=self.cart_id, basis=self.basis, product_ids=tuple(product_ids)
        )
        return RecordedEvent(event, self.company_id, self.id, self.version, at)

    def added(self, product_id: UUID, at: datetime) -> RecordedEvent[UpsellAdded]:
        """UpsellAdded for a recommended product."""
        event = UpsellAdded(site_id=self.site_id, cart_id=self.cart_id, basis=self.basis, product_id=product_id)
        return RecordedEvent(event, self.company_id, self.id, self.version, at)

    def dismissed(self, product_id: UUID, at: datetime) -> RecordedEvent[UpsellDismissed]:
        """UpsellDismissed for a recommended product."""
        event = UpsellDismissed(site_id=self.site_id, cart_id=self.cart_id, basis=self.basis, product_id=product_id)
        return RecordedEvent(event, self.company_id, self.id, self.version, at)
