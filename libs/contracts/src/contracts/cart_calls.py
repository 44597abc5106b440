"""Bodies of the calls that cart answers, to recovery, upsell and the order system. Amounts: the cart's currency."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Actor, Contract
from contracts.cart import CartStatus, CartTotals, FullLine
from contracts.money import MinorUnits


class CartRefusal(StrEnum):
    """Why cart refuses, beside what every service may answer; upsell and recovery pass it on to the shopper."""

    CART_NOT_FOUND = "CART_NOT_FOUND"
    CART_CONVERTED = "CART_CONVERTED"
    CART_MERGED = "CART_MERGED"
    CART_EXPIRED = "CART_EXPIRED"
    CART_FROZEN = "CART_FROZEN"
    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    PRODUCT_UNAVAILABLE = "PRODUCT_UNAVAILABLE"
    ITEM_OUT_OF_STOCK = "ITEM_OUT_OF_STOCK"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    SIZE_REQUIRED = "SIZE_REQUIRED"
    QUANTITY_LIMIT = "QUANTITY_LIMIT"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"


class OrderedLine(Contract):
    """How many of a line were ordered; what the cart has beyond that stays with the shopper."""

    line_id: UUID
    quantity: int = Field(ge=1)


class ConvertCart(Contract):
    """POST /internal/carts/{id}/convert: the order system took this cart's order (rules.md 16).

    `order_id` makes it idempotent: the same order again answers the same; another order is CART_CONVERTED.
    `lines` null orders the whole cart; else exactly those lines are ordered and the rest moves to a new ACTIVE cart.
    `expected_total` is what the order system charged: another total is refused, so that prices always add up.
    """

    order_id: str = Field(min_length=1, max_length=200)
    lines: tuple[OrderedLine, ...] | None = None
    expected_total: MinorUnits | None = None


class CartConvertedAnswer(Contract):
    """What was ordered, and the cart that keeps what was not."""

    cart_id: UUID
    order_id: str
    currency: str
    totals: CartTotals
    remaining_cart_id: UUID | None = None


class FreezeCart(Contract):
    """POST /internal/carts/{id}/freeze: a checkout begins; lines and prices stay for so many seconds (rules.md 14).

    The same `checkout_id` again keeps the prices and may extend the time, up to two hours; another's is CART_FROZEN.
    """

    checkout_id: str = Field(min_length=1, max_length=200)
    seconds: int = Field(default=900, ge=1, le=7200)


class ThawCart(Contract):
    """POST /internal/carts/{id}/thaw: this checkout has ended without an order; again, or too late, changes nothing."""

    checkout_id: str = Field(min_length=1, max_length=200)


class CartFreezeAnswer(Contract):
    """The cart after a freeze or a thaw: until when it is frozen (null: it is not), and what it comes to."""

    cart_id: UUID
    version: int
    currency: str
    totals: CartTotals
    frozen_at: datetime | None = None
    frozen_until: datetime | None = None


class CartSnapshot(Contract):
    """GET /internal/carts/{id}: the cart as it is now, re-priced; asked before a mail is sent (rules.md 28)."""

    cart_id: UUID
    site_id: UUID
    customer_id: str | None
    status: CartStatus
    version: int
    currency: str
    abandonment_id: UUID | None
    last_activity_at: datetime
    lines: tuple[FullLine, ...]
    totals: CartTotals
    frozen_until: datetime | None = None


class RestoreCart(Contract):
    """POST /internal/carts/{id}/restore: reactivate the cart of a signed link; idempotent per abandonment."""

    abandonment_id: UUID


class RestoreChange(Contract):
    """What is different about a line from when the cart was abandoned: `from` it was, `to` it is now.

    A price in minor units; the quantity that is left, less than in the line; or none left, or sold no more.
    """

    item_id: UUID
    kind: Literal["price", "quantity", "unavailable"]
    from_: int | None = Field(default=None, alias="from")
    to: int | None = None


class CartRestored(Contract):
    """The restored cart as a shopper's answer (`cart`, api.md "Cart") and a session token for this visitor alone."""

    cart_id: UUID
    session_token: str | None
    cart: dict[str, object]
    changes: tuple[RestoreChange, ...]


class AddRecommended(Contract):
    """POST /internal/carts/{id}/items: add on behalf of a shopper whom the asker has authorised."""

    product_id: UUID
    variant_id: UUID | None = None
    quantity: int = 1
    source: str = "upsell"
    actor: Actor = "shopper"


class AuthorizeShopper(Contract):
    """POST /internal/carts/authorize: does this credential own this cart? Answers CartSnapshot, or CART_NOT_FOUND.

    `session_hash` is the SHA-256 of the guest's token in hex; the token itself never leaves the edge that received it.
    """

    cart_id: UUID | None = None
    customer_id: str | None = None
    session_hash: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    site_id: UUID | None = None
