"""The documented shapes of the staff's answers (api.md, "Stats")."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.money import MinorUnits
from servicekit.http.bodies import View

from cart.staff.domain import CartCounts


class CartSummary(View):
    """A cart in a list; `total` in minor units of its currency, as last priced."""

    id: UUID
    site_id: UUID
    customer_id: str | None
    status: str
    currency: str
    item_count: int
    total: MinorUnits
    has_contact: bool
    version: int
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    abandoned_at: datetime | None
    converted_at: datetime | None
    order_id: str | None
    visitor_id: str | None = None


class StatsView(View):
    """Carts by state now; the values are of open carts in `currency`, as last priced. Final states count all time."""

    currency: str
    active: int
    abandoned: int
    converted: int
    merged: int
    expired: int
    total_value: MinorUnits
    average_value: MinorUnits

    @classmethod
    def of(cls, counts: CartCounts, currency: str) -> "StatsView":
        """The counts of one currency."""
        return cls(
            currency=currency,
            active=counts.active,
            abandoned=counts.abandoned,
            converted=counts.converted,
            merged=counts.merged,
            expired=counts.expired,
            total_value=counts.total_value,
            average_value=counts.average_value,
        )


class ActivityView(View):
    """One entry of a cart's timeline."""

    id: UUID
    version: int
    kind: str
    actor: str
    data: dict[str, Any]
    at: datetime
