"""What a company's staff reads about its carts.

Amounts are in minor units of the currency that is listed or counted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.cart import CartStatus
from contracts.money import MinorUnits


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of carts is narrowed to; None is any."""

    status: CartStatus | None
    site_id: UUID | None
    customer_id: str | None
    visitor_id: str | None


@dataclass(frozen=True, slots=True)
class ListedCart:
    """A cart in a list; `total` in minor units of its currency, as last priced."""

    id: UUID
    site_id: UUID
    customer_id: str | None
    status: CartStatus
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
    visitor_id: str | None


@dataclass(frozen=True, slots=True)
class CartCounts:
    """Carts by state; `total_value` in minor units over the open ones, of which `with_lines` are not empty."""

    active: int
    abandoned: int
    converted: int
    merged: int
    expired: int
    total_value: MinorUnits
    with_lines: int

    @property
    def average_value(self) -> int:
        """The value of an open cart that is not empty, in minor units, rounded down; 0 when there is none."""
        return self.total_value // self.with_lines if self.with_lines else 0


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a cart's timeline; `data` holds JSON values, nothing personal."""

    id: UUID
    version: int
    kind: str
    actor: str
    data: dict[str, Any]
    at: datetime
