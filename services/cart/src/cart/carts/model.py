"""A cart in memory: what its rules (`domain.py`) work on and what the repository loads and saves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from contracts.base import Event
from contracts.cart import CartStatus
from contracts.envelope import RecordedEvent
from contracts.ruleset import PromotionRule

OPEN: Final[frozenset[CartStatus]] = frozenset({"ACTIVE", "ABANDONED"})


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The settings of a site that its carts obey (api.md, "Site settings")."""

    id: UUID
    currency: str
    max_quantity: int
    max_lines: int
    abandonment: timedelta
    expiration: timedelta
    merge_strategy: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the catalogue says about one variant now, as far as this service has heard."""

    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    prices: dict[str, int]
    compare_at_prices: dict[str, int]
    categories: tuple[str, ...]
    tax_category: str | None
    active: bool
    tracked: bool
    backorderable: bool
    available: int | None

    @property
    def left(self) -> int | None:
        """How many can be sold; None when that is not limited (rules.md 19)."""
        if not self.tracked or self.backorderable or self.available is None:
            return None
        return max(self.available, 0)


@dataclass(slots=True)
class Line:
    """One line, with the price, title and picture it had when the shopper last touched it (rules.md 15)."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: int
    compare_at_price: int | None
    source: str | None
    meta: dict[str, Any] | None
    rental: dict[str, Any] | None
    bundle_group_id: UUID | None
    catalogue: Snapshot | None

    @property
    def identity(self) -> tuple[UUID, tuple[tuple[str, str], ...], UUID | None]:
        """The same variant, options and bundle group is one line (rules.md 8)."""
        return self.variant_id, tuple(sorted(self.options.items())), self.bundle_group_id


@dataclass(frozen=True, slots=True)
class AppliedCode:
    """A code on the cart with the rule that pricing answered for it; not priced after `expires_at`."""

    code: str
    rule: PromotionRule
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HoldReplica:
    """The cart's newest hold, as inventory last said."""

    hold_id: UUID
    status: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry of the timeline that support reads."""

    kind: str
    actor: str
    data: dict[str, Any]


@dataclass(slots=True)
class Cart:
    """One shopper's cart. `loaded_version` is the version that a save must still find (rules.md 9)."""

    id: UUID
    company_id: UUID
    site: SiteRules
    customer_id: str | None
    status: CartStatus
    currency: str
    version: int
    lines: list[Line]
    codes: list[AppliedCode]
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    check_at: datetime
    expiry_check_at: datetime
    abandonment_id: UUID | None = None
    abandoned_at: datetime | None = None
    restored_abandonment_id: UUID | None = None
    converted_at: datetime | None = None
    order_id: str | None = None
    merged_into: UUID | None = None
    has_contact: bool = False
    hold: HoldReplica | None = None
    loaded_version: int = 0
    touched: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    facts: list[RecordedEvent[Event]] = field(default_factory=list)
    activity: list[Activity] = field(default_factory=list)

    @property
    def expires_at(self) -> datetime:
        """When the cart expires unless the shopper does something (rules.md 13)."""
        return self.last_activity_at + self.site.expiration

    def line(self, line_id: UUID) -> Line | None:
        """The line with this id, if the cart has it."""
        return next((line for line in self.lines if line.id == line_id), None)
