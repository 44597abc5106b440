"""Events of the inventory service: what exists, what is left, who holds it."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.base import Contract, Event
from contracts.money import MinorUnits

HoldStatus = Literal["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED"]


class Variant(Contract):
    """One buyable form of a product. `prices` and `compare_at_prices` are minor units by currency code.

    `tracked` false: stock is never counted. `backorderable`: may be sold below zero (rules.md 19).
    `costs` is what the merchant paid, by currency code: for staff's reports, never shown to a shopper.
    """

    variant_id: UUID
    sku: str
    title: str
    options: dict[str, str] = {}
    prices: dict[str, MinorUnits]
    compare_at_prices: dict[str, MinorUnits] = {}
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    available: int | None = None
    weight_grams: int | None = None
    costs: dict[str, MinorUnits] = {}


class ProductChanged(Event):
    """A product and all its variants as they are now. `active` false: it can no longer be bought.

    `images` are all its pictures in their order, the first one being `image_url`.
    """

    type: ClassVar[str] = "product.changed.v1"
    aggregate: ClassVar[str] = "product"
    title: str
    slug: str
    active: bool
    image_url: str | None = None
    categories: tuple[str, ...] = ()
    tax_category: str | None = None
    size_required: bool = False
    images: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    variants: tuple[Variant, ...]


class StockChanged(Event):
    """What is left of a variant: on hand less held less safety (rules.md 17). The aggregate is the variant."""

    type: ClassVar[str] = "stock.changed.v1"
    aggregate: ClassVar[str] = "stock"
    product_id: UUID
    sku: str
    available: int
    tracked: bool = True
    backorderable: bool = False


class BundleItem(Contract):
    """A component of a bundle: so many pieces of one of these variants, the first unless the shopper chooses."""

    item_id: UUID
    title: str = ""
    quantity: int
    variant_ids: tuple[UUID, ...]


class BundleChanged(Event):
    """Products that are sold together, as they are now. `active` false: it can no longer be put into a cart.

    It costs `prices`, minor units by currency code, or else what its components cost less `discount_basis_points`.
    """

    type: ClassVar[str] = "bundle.changed.v1"
    aggregate: ClassVar[str] = "bundle"
    title: str
    slug: str
    active: bool
    image_url: str | None = None
    prices: dict[str, MinorUnits] = {}
    discount_basis_points: int | None = None
    items: tuple[BundleItem, ...]


class HeldLine(Contract):
    """Stock taken for one variant."""

    variant_id: UUID
    sku: str
    quantity: int


class HoldEvent(Event):
    """Fields every hold event has; the aggregate is the hold."""

    aggregate: ClassVar[str] = "hold"
    cart_id: UUID
    lines: tuple[HeldLine, ...]


class HoldPlaced(HoldEvent):
    """Stock was taken for a cart until `expires_at` (rules.md 18); also after a replacement or an extension."""

    type: ClassVar[str] = "hold.placed.v1"
    site_id: UUID
    expires_at: datetime


class HoldReleased(HoldEvent):
    """The hold was given back before its time. `reason`: shopper, replaced, cart_merged, cart_expired, staff."""

    type: ClassVar[str] = "hold.released.v1"
    reason: str


class HoldExpired(HoldEvent):
    """The hold's time passed; the stock is sellable again."""

    type: ClassVar[str] = "hold.expired.v1"


class HoldCommitted(HoldEvent):
    """The hold became an order's stock: on hand was reduced."""

    type: ClassVar[str] = "hold.committed.v1"
    order_id: str
