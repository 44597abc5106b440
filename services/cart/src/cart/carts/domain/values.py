"""The values that a cart is made of, beside its lines: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from contracts.cart import CartStatus
from contracts.ruleset import PromotionRule, RuleSet, ShippingRule, TaxRate
from contracts.value import value

OPEN: Final[frozenset[CartStatus]] = frozenset({"ACTIVE", "ABANDONED"})
"""The states in which a shopper may still change a cart (rules.md 7)."""

MergeStrategy = Literal["larger", "sum", "guest_wins", "customer_wins"]
"""Which quantity a line has that both carts of a merge have (rules.md 11)."""

MergeReason = (
    MergeStrategy | Literal["maxQuantityPerLine", "maxLines", "maxNotes", "from the guest's cart", "catalogue"]
)
"""Why a merge changed a line of the customer's cart."""

InventoryMode = Literal["reserve_ttl", "validate_only"]
"""Whether stock is held while a checkout lasts, or only looked at, and taken by the order (rules.md 19)."""

HoldChangeKind = Literal["PLACE", "RELEASE", "COMMIT", "REVERT"]
"""What is requested of inventory: fit the hold to the lines, give it back, make it an order's, or undo that."""


@value
class SitePolicy:
    """The settings of a site that its carts obey (api.md, "Site settings")."""

    id: UUID
    currency: str
    max_quantity: int
    max_lines: int
    abandonment: timedelta
    expiration: timedelta
    merge_strategy: MergeStrategy
    inventory_mode: InventoryMode


@value
class CustomerTerms:
    """What a customer's token says that prices depend on: groups, in order, and whether no tax is charged."""

    groups: tuple[str, ...] = ()
    tax_exempt: bool = False


@dataclass(frozen=True, slots=True)
class AppliedCode:
    """A code on the cart with the rule that pricing answered for it; not priced after `expires_at`."""

    code: str
    rule: PromotionRule
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a shopper may be reached about this cart; published to recovery and stored nowhere here (rules.md 35).

    The address is sealed for recovery, in base64: nothing after the request that brought it can read it.
    """

    address_sealed: str
    consent: bool
    locale: str | None


@value
class Address:
    """Where a cart is shipped to, without street and name; country, state and postal code in capitals."""

    country: str
    state: str | None
    postal_code: str | None
    city: str | None

    def document(self) -> dict[str, str | None]:
        """Its fields as JSON values, by the names that clients see."""
        return {"country": self.country, "state": self.state, "postalCode": self.postal_code, "city": self.city}


@value
class Destination:
    """An address with the taxes and the ways to ship that pricing has answered for it.

    They are asked for again after `resolved_until`, and price the cart until an answer comes.
    """

    address: Address
    tax_rates: tuple[TaxRate, ...]
    shipping_rules: tuple[ShippingRule, ...]
    resolved_until: datetime


@value
class HoldReplica:
    """The cart's newest hold, as inventory last published or answered it."""

    hold_id: UUID
    status: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldChange:
    """A change of the cart's hold that is under way: requested of inventory, its outcome not yet noted on the cart."""

    kind: HoldChangeKind
    order_id: str | None
    is_overdue: bool
    """Whoever made it is taken for lost: it is resolved, or the next change takes over."""


@value
class PricedAs:
    """What of the catalogue decides what rules make of a line."""

    categories: tuple[str, ...]
    tax_category: str | None


@value
class Freeze:
    """A checkout for which a cart keeps its lines and prices, with all that prices it meanwhile (rules.md 14).

    It is over at `until`, with nothing to be done.
    """

    checkout_id: str
    at: datetime
    until: datetime
    products: Mapping[UUID, PricedAs]
    """By the ids of the lines."""
    rules: RuleSet | None = None
    """None until the freeze is saved."""
    first_order: bool | None = None
    """Whether it was the customer's first order then."""


@value
class Activity:
    """One entry of the timeline that support reads; `data` holds JSON values, nothing personal."""

    kind: str
    actor: str
    data: dict[str, Any]
