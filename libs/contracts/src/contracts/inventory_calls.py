"""Bodies of the calls that inventory answers (cart calls)."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Contract
from contracts.inventory import ProductChanged


class HoldRefusal(StrEnum):
    """Why inventory refuses a hold, beside what every service may answer."""

    INVENTORY_HOLD_FAILED = "INVENTORY_HOLD_FAILED"
    HOLD_LIMIT = "HOLD_LIMIT"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    FENCE_PASSED = "FENCE_PASSED"
    """A newer call about the same cart was answered before: this one is late, and changed nothing."""


class HoldLine(Contract):
    """How many of a variant a cart wants; the same variant may stand on several lines (summed first, rules.md 18)."""

    variant_id: UUID
    quantity: int


class PlaceHold(Contract):
    """POST /internal/holds: take all lines or nothing; idempotent per cart, replaces the cart's open hold.

    `owner` is an opaque key of the customer or session, for the limit of open holds; as long as a JWT's subject may be.
    `fence` numbers the caller's requests about this cart: one with a lower number than was seen before is refused, so
    that a late call cannot undo a newer one. Without it the request counts as it comes.
    """

    cart_id: UUID
    site_id: UUID
    owner: str = Field(min_length=1, max_length=320)
    lines: tuple[HoldLine, ...]
    fence: int | None = None


class CommitHold(PlaceHold):
    """POST /internal/holds/commit: make these lines the order's stock, all or nothing.

    From the cart's open hold; what it lacks is taken again once. Idempotent by `order_id`.
    """

    order_id: str = Field(min_length=1, max_length=200)


class RevertCommit(Contract):
    """POST /internal/holds/by-cart/{id}/revert: the order was not made after all; its stock is free again.

    Idempotent: without a commit of this order nothing changes.
    """

    order_id: str = Field(min_length=1, max_length=200)
    fence: int | None = None


class HoldState(Contract):
    """A hold as it is now; NONE when the cart has none. `seconds_left` by the database's clock, never negative."""

    hold_id: UUID | None = None
    status: Literal["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED", "NONE"]
    expires_at: datetime | None = None
    seconds_left: int = 0
    lines: tuple["HoldStateLine", ...] = ()


class HoldStateLine(Contract):
    """What is held of one variant."""

    variant_id: UUID
    sku: str
    quantity: int


class ProductFound(Contract):
    """GET /internal/products/{id}: a product not yet in the asker's replica, as its last event would say it."""

    product_id: UUID
    version: int
    product: ProductChanged
