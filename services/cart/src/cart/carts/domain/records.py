"""What a cart's methods record, for its events and its timeline: pure."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.cart import ChangeKind
from contracts.value import value

from cart.carts.domain.lines import Line
from cart.carts.domain.values import Contact, MergeStrategy


@dataclass(frozen=True, slots=True)
class Created:
    """The cart was made."""


@value
class Updated:
    """What was done to the cart's content. `quantity_delta` is signed; `made_line` is set when the line is new."""

    kind: ChangeKind
    line: Line | None = None
    quantity_delta: int = 0
    source: str | None = None
    made_line: bool = False

    def described(self) -> dict[str, Any]:
        """What the timeline keeps of it."""
        if self.line is None:
            return {"quantityDelta": self.quantity_delta} if self.quantity_delta else {}
        return {
            "lineId": str(self.line.id),
            "sku": self.line.sku,
            "title": self.line.title,
            "quantity": 0 if self.kind == "ITEM_REMOVED" else self.line.quantity,
            "quantityDelta": self.quantity_delta,
        }


@dataclass(frozen=True, slots=True)
class ContactSet:
    """The shopper left an address: the one record with personal data (rules.md 35)."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Abandoned:
    """An idle period passed the site's threshold."""

    abandonment_id: UUID


@dataclass(frozen=True, slots=True)
class Reactivated:
    """The shopper came back and ended this abandonment."""

    abandonment_id: UUID


@dataclass(frozen=True, slots=True)
class Expired:
    """The cart's time is over."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A guest's cart was merged into another, and is final."""

    into: UUID
    strategy: MergeStrategy


@dataclass(frozen=True, slots=True)
class Converted:
    """The cart was ordered; what was not ordered goes to the remaining cart, if anything is left."""

    remaining_cart_id: UUID | None


Recorded = Created | Updated | ContactSet | Abandoned | Reactivated | Expired | Merged | Converted
