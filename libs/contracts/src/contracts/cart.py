"""Events of the cart service. Amounts are integers of the cart currency's minor unit (rules.md 1)."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.base import Actor, Contract, Event
from contracts.money import MinorUnits

CartStatus = Literal["ACTIVE", "ABANDONED", "CONVERTED", "MERGED", "EXPIRED"]
ChangeKind = Literal[
    "ITEM_ADDED",
    "QUANTITY_SET",
    "ITEM_REMOVED",
    "CLEARED",
    "CODE_APPLIED",
    "CODE_REMOVED",
    "CONTACT_SET",
    "MERGED_IN",
    "RESTORED",
    "ADDRESS_SET",
]


class CompactLine(Contract):
    """A line without titles or pictures: what read models need. `bundle_group_id` names the bundle that it is in."""

    line_id: UUID
    product_id: UUID
    variant_id: UUID
    quantity: int
    unit_price: MinorUnits
    line_discount: MinorUnits
    line_total: MinorUnits
    source: str | None = None
    bundle_group_id: UUID | None = None


class FullLine(CompactLine):
    """A line as a shopper saw it: what a mail or an order needs."""

    sku: str
    title: str
    image_url: str | None = None
    options: dict[str, str] = {}


class BundleInCart(Contract):
    """Lines that were put into the cart as one bundle, so many times; `discount` is in the lines' discounts."""

    group_id: UUID
    bundle_id: UUID
    title: str
    quantity: int
    discount: MinorUnits


class CartTotals(Contract):
    """The totals of a quote (rules.md 4); `item_count` is the sum of quantities."""

    item_count: int
    subtotal: MinorUnits
    discount_total: MinorUnits
    shipping_total: MinorUnits
    tax_total: MinorUnits
    total: MinorUnits


class ChangedLine(Contract):
    """What one change did to one line of several; `quantity_delta` is signed."""

    line_id: UUID
    product_id: UUID
    variant_id: UUID
    quantity_delta: int
    source: str | None = None


class CartChange(Contract):
    """What was done to a cart. `quantity_delta` is signed; `line_id` is absent for changes of the whole cart.

    Where several lines were changed at once, `lines` names each, `kind` is that of the change which matters most (an
    item added, else a quantity set, else one removed), and `quantity_delta` is their sum.
    """

    kind: ChangeKind
    line_id: UUID | None = None
    product_id: UUID | None = None
    variant_id: UUID | None = None
    quantity_delta: int = 0
    source: str | None = None
    lines: tuple[ChangedLine, ...] = ()


class CartEvent(Event):
    """Fields every cart event has."""

    aggregate: ClassVar[str] = "cart"
    site_id: UUID
    currency: str
    actor: Actor


class CartCreated(CartEvent):
    """A cart came to be, empty. `owner` says whether a guest or a signed-in customer holds it."""

    type: ClassVar[str] = "cart.created.v1"
    owner: Literal["guest", "customer"]


class CartViewed(CartEvent):
    """A shopper looked at the cart; at most once an hour per cart (rules.md 33)."""

    type: ClassVar[str] = "cart.viewed.v1"


class CartUpdated(CartEvent):
    """A shopper or staff changed the cart: what was done, and the compact state after it."""

    type: ClassVar[str] = "cart.updated.v1"
    change: CartChange
    status: CartStatus
    lines: tuple[CompactLine, ...]
    totals: CartTotals
    bundles: tuple[BundleInCart, ...] = ()


class CartAbandoned(CartEvent):
    """The cart was idle for the site's threshold (rules.md 13); once per idle period, named by `abandonment_id`."""

    type: ClassVar[str] = "cart.abandoned.v1"
    abandonment_id: UUID
    last_activity_at: datetime
    customer_id: str | None = None
    lines: tuple[FullLine, ...]
    totals: CartTotals


class CartReactivated(CartEvent):
    """A shopper's change reactivated an abandoned cart (rules.md 12)."""

    type: ClassVar[str] = "cart.reactivated.v1"
    abandonment_id: UUID


class CartMerged(CartEvent):
    """This (guest) cart was merged into another and is final (rules.md 11)."""

    type: ClassVar[str] = "cart.merged.v1"
    into_cart_id: UUID
    strategy: str


class CartExpired(CartEvent):
    """The cart was idle for the site's cartExpirationDays and is final (rules.md 13)."""

    type: ClassVar[str] = "cart.expired.v1"


class AppliedDiscount(Contract):
    """What one promotion took off a converted cart."""

    promotion_id: UUID
    name: str
    amount: MinorUnits


class ChargedShipping(Contract):
    """The way to ship that was charged, with its tax."""

    rule_id: UUID
    name: str
    amount: MinorUnits


class ChargedTax(Contract):
    """One rate's part of the tax of an order; `rate_ppm` in parts per million."""

    name: str
    type: str
    rate_ppm: int
    amount: MinorUnits


class CartConverted(CartEvent):
    """The cart was ordered (rules.md 16): exactly these lines at these amounts.

    `restored_abandonment_id` names the abandonment from which a recovery link restored this cart, if one did. Of the
    address only `country` and `state` are here, for taxes and figures: the order's record has it whole (rules.md 35).
    """

    type: ClassVar[str] = "cart.converted.v1"
    order_id: str
    customer_id: str | None = None
    lines: tuple[FullLine, ...]
    totals: CartTotals
    discounts: tuple[AppliedDiscount, ...] = ()
    restored_abandonment_id: UUID | None = None
    remaining_cart_id: UUID | None = None
    country: str | None = None
    state: str | None = None
    shipping: ChargedShipping | None = None
    taxes: tuple[ChargedTax, ...] = ()
    bundles: tuple[BundleInCart, ...] = ()


class CartContactSet(CartEvent):
    """The shopper's address and consent for recovery: the only event that carries personal data (rules.md 35).

    The address is sealed for `contact_context` with CONTACT_SEAL_KEY, which cart and recovery alone have, in base64.
    """

    type: ClassVar[str] = "cart.contact_set.v2"
    personal: ClassVar[bool] = True
    sealed: ClassVar[bool] = True
    address_sealed: str
    consent: bool
    locale: str | None = None


class CartContactSetV1(CartEvent):
    """As CartContactSet, with a readable address: published by a cart of before, and read until none is left."""

    type: ClassVar[str] = "cart.contact_set.v1"
    personal: ClassVar[bool] = True
    email: str
    consent: bool
    locale: str | None = None


def contact_context(company_id: UUID) -> bytes:
    """What the address in a CartContactSet is sealed for, so that it opens as an address of that company alone."""
    return b"CartContactSet address" + company_id.bytes


ListChangeKind = Literal[
    "ITEM_ADDED",
    "ITEM_CHANGED",
    "ITEM_REMOVED",
    "MOVED_TO_CART",
    "MOVED_FROM_CART",
    "MERGED_IN",
    "COPIED_IN",
    "SHARED",
    "UNSHARED",
]


class ListedProduct(Contract):
    """A product on a wishlist or in a comparison; without a variant none was chosen."""

    product_id: UUID
    variant_id: UUID | None = None


class WishlistUpdated(Event):
    """A wishlist was changed: what was done, to which products, and how many it has now. It says nobody's name."""

    type: ClassVar[str] = "wishlist.updated.v1"
    aggregate: ClassVar[str] = "wishlist"
    site_id: UUID
    actor: Actor
    owner: Literal["guest", "customer"]
    kind: ListChangeKind
    products: tuple[ListedProduct, ...] = ()
    item_count: int


class ComparisonUpdated(Event):
    """A comparison was changed: what was done, to which products, and all that it compares now."""

    type: ClassVar[str] = "comparison.updated.v1"
    aggregate: ClassVar[str] = "comparison"
    site_id: UUID
    actor: Actor
    owner: Literal["guest", "customer"]
    kind: ListChangeKind
    products: tuple[ListedProduct, ...] = ()
    compared: tuple[ListedProduct, ...] = ()


class SiteChanged(Event):
    """A site's settings as they are now; consumers keep a replica."""

    type: ClassVar[str] = "site.changed.v1"
    aggregate: ClassVar[str] = "site"
    name: str
    company_name: str
    site_type: str
    currency: str
    locale: str
    timezone: str
    portal_url: str
    deleted: bool = False
