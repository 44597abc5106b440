"""The bodies that shoppers' routes read, and the documented shape of what they answer (api.md, "Shapes").

Amounts are in minor units of the cart's currency.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from contracts.cart import CartStatus
from contracts.money import CurrencyCode, MinorUnits
from pydantic import AfterValidator, Field, StringConstraints
from servicekit.http.bodies import Body, View
from servicekit.http.free_text import CONTROLS, holds_control_character

from cart.carts.domain.lines import Wanted
from cart.carts.domain.notes import MAX_NOTE_BYTES, MAX_OPTIONS_BYTES
from cart.carts.domain.values import MergeStrategy
from cart.carts.routes.line_schemas import BundleInCartView, LineView

ADDRESS = rf"^[^@\s{CONTROLS}<>()\[\],;:\\\"]{{1,64}}@[\w-]+(\.[\w-]+)+$"
"""An e-mail address, roughly: whether mail can be sent to it is for recovery to say."""

MAX_QUANTITY = 1_000_000
"""No site allows more of one line; what a site does allow is its maxQuantityPerLine."""


def _within(value: dict[str, Any], limit: int) -> dict[str, Any]:
    try:
        text = orjson.dumps(value)
    except TypeError:
        raise ValueError("holds a number or a nesting that cannot be stored") from None
    if len(text) > limit:
        raise ValueError(f"is longer than {limit} bytes of JSON")
    if holds_control_character(text):
        raise ValueError("holds a control character, such as a line break")
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    return _within(value, MAX_NOTE_BYTES)


def _identifying(value: dict[str, str]) -> dict[str, str]:
    return _within(value, MAX_OPTIONS_BYTES)


Options = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=50)],
        Annotated[str, StringConstraints(max_length=200)],
    ],
    Field(max_length=20),
    AfterValidator(_identifying),
]
Meta = Annotated[
    dict[Annotated[str, StringConstraints(max_length=50)], Any], Field(max_length=20), AfterValidator(_small)
]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,50}$")]
VisitorId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
DiscountCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,50}$")]


class CreateCart(Body):
    """A new cart; without a site it is the company's first, without a currency the site's.

    `visitorId` is by what the storefront recognises a browser, whose carts staff find by it.
    """

    currency: CurrencyCode | None = None
    site_id: UUID | None = None
    visitor_id: VisitorId | None = None


class AddItem(Body):
    """A product to add. A product with one variant needs no variantId; `size` is short for the option of that name."""

    product_id: UUID
    variant_id: UUID | None = None
    quantity: Quantity
    options: Options = {}
    size: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    source: Source | None = None
    meta: Meta | None = None
    rental: Meta | None = None

    def wanted(self) -> Wanted:
        """The request in the domain's words."""
        options = {**self.options, "size": self.size} if self.size else self.options
        return Wanted(self.product_id, self.variant_id, self.quantity, options, self.source, self.meta, self.rental)


class SetQuantity(Body):
    """A line's new quantity; to have none, delete the line."""

    quantity: Quantity


class ApplyCode(Body):
    """A discount code, in any case."""

    code: DiscountCode


class SetContact(Body):
    """Where the shopper may be reached about this cart, and whether they agreed to it."""

    email: Annotated[str, StringConstraints(pattern=ADDRESS, max_length=254)]
    consent: bool
    locale: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)] | None
    ) = None


class MergeCart(Body):
    """The guest's session to merge into the signed-in customer's cart; without a strategy the site's (rules.md 11)."""

    session_token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    strategy: MergeStrategy | None = None


class DiscountView(View):
    """What one promotion takes off; `code` is null for an automatic one."""

    code: str | None
    promotion_id: UUID
    name: str
    amount: MinorUnits


class RejectedCodeView(View):
    """A code on the cart that takes nothing off, and why."""

    code: str
    reason: str
    message: str | None = None
    """The reason as a shopper may read it; an order of before there were any has none."""


class TotalsView(View):
    """The sums (rules.md 4); minor units."""

    item_count: int
    subtotal: MinorUnits
    discount_total: MinorUnits
    shipping_total: MinorUnits
    tax_total: MinorUnits
    gift_card_total: MinorUnits
    points_total: MinorUnits
    total: MinorUnits


class FreeShippingView(View):
    """How much more makes shipping free; minor units."""

    remaining: MinorUnits
    reached: bool


class HoldSummaryView(View):
    """The cart's newest hold."""

    status: str
    expires_at: datetime | None


class NoticeView(View):
    """Something the shopper should know about a line, or about the cart where there is no `itemId`."""

    code: str
    message: str
    item_id: UUID | None


class AddressView(View):
    """Where the cart is shipped to."""

    country: str
    state: str | None
    postal_code: str | None
    city: str | None


class ShippingOptionView(View):
    """The way to ship that is charged, with tax; the cheapest, unless one was chosen. Minor units."""

    id: UUID
    name: str
    amount: MinorUnits


class CartView(View):
    """A whole cart; its version is the ETag."""

    id: UUID
    company_id: UUID
    site_id: UUID
    customer_id: str | None
    status: CartStatus
    currency: str
    version: int
    items: list[LineView]
    bundles: list[BundleInCartView] = []
    saved_items: list[LineView]
    discounts: list[DiscountView]
    rejected_codes: list[RejectedCodeView]
    gift_cards: list[dict[str, Any]]
    address: AddressView | None = None
    shipping_option: ShippingOptionView | None = None
    pricing: Literal["final", "estimated"]
    totals: TotalsView
    free_shipping: FreeShippingView | None
    hold: HoldSummaryView | None
    frozen_until: datetime | None = None
    """Until when a checkout keeps lines and prices as they are (CART_FROZEN); null for a cart that can be changed."""
    notices: list[NoticeView]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    explanation: dict[str, Any] | None = None
    """How the price came about; only with `explain=1`."""


class NewGuestCartView(CartView):
    """A new guest's cart with the token that opens it: shown once, stored only as a hash."""

    session_token: str


class MergeChangeView(View):
    """One line that the merge changed, and why."""

    item_id: UUID
    sku: str
    kind: str
    from_: Annotated[int, Field(alias="from")]
    to: int
    reason: str
    message: str | None = None
    """The reason as a shopper may read it."""


class MergedCartView(CartView):
    """The customer's cart after a merge, with every difference."""

    merge_changes: list[MergeChangeView]
