"""The bodies and answers of sharing. Amounts are in minor units of the cart's currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.money import MinorUnits
from pydantic import Field
from servicekit.http.bodies import Body, View

from cart.carts.routes.line_schemas import AvailabilityView
from cart.carts.routes.schemas import CartView
from cart.sharing.domain.links import Link, NewLink

MAX_HOURS = 24 * 30


class ShareCart(Body):
    """For how long a link is to work; a week unless said otherwise."""

    expires_in_hours: Annotated[int, Field(ge=1, le=MAX_HOURS)] = 24 * 7


class ShareLinkView(View):
    """A link to the cart, without its token."""

    id: UUID
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> "ShareLinkView":
        """The link as it is listed."""
        return cls(id=link.id, created_at=link.created_at, expires_at=link.expires_at)


class NewShareLinkView(ShareLinkView):
    """A new link with the token that opens it: shown once, stored only as a hash."""

    token: str

    @classmethod
    def made(cls, new: NewLink) -> "NewShareLinkView":
        """The link as it is answered to who made it."""
        link = new.link
        return cls(id=link.id, created_at=link.created_at, expires_at=link.expires_at, token=new.token.text)


class ShareLinksView(View):
    """The links to a cart that work, the newest first."""

    items: list[ShareLinkView]


class SharedItemView(View):
    """An item of a shared cart at the catalogue's price of now; no price where it cannot be bought any more."""

    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: MinorUnits | None
    compare_at_price: MinorUnits | None
    line_subtotal: MinorUnits | None
    availability: AvailabilityView


class SharedCartView(View):
    """What a link shows: no discounts, taxes or totals of whoever shared it, and nothing about them."""

    currency: str
    expires_at: datetime
    item_count: int
    subtotal: MinorUnits
    items: list[SharedItemView]


class NotCopiedView(View):
    """An item of which the cart has fewer than were shared; `copied` is how many it has."""

    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    requested: int
    copied: int
    reason: str
    message: str


class CopiedCartView(CartView):
    """One's own cart after copying, with what could not be copied."""

    not_copied: list[NotCopiedView]
