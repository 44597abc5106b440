"""The bodies of the wishlists' routes and what they answer. Amounts are in minor units of the list's currency."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints
from servicekit.http.bodies import Body, View
from servicekit.http.free_text import FREE_TEXT

from cart.carts.routes.schemas import Options, Quantity
from cart.lists.schemas import LinkView, ListedProductView
from cart.wishlists.domain import MAX_WISHES, NewWish, WishPatch

MAX_WISHED = 10_000
Wished = Annotated[int, Field(ge=1, le=MAX_WISHED)]
Note = Annotated[str, StringConstraints(max_length=500, pattern=FREE_TEXT)]


class AddWish(Body):
    """A product to wish for; without a variant the choice of one is left for later."""

    product_id: UUID
    variant_id: UUID | None = None
    quantity: Wished = 1
    note: Note | None = None
    options: Options = {}

    def wish(self) -> NewWish:
        """The request in the domain's words."""
        return NewWish(self.product_id, self.variant_id, self.quantity, self.note or None, self.options)


class ChangeWish(Body):
    """What is to change of a wish; `priority` is its place, 1 the first; an empty note takes it off."""

    quantity: Wished | None = None
    note: Note | None = None
    priority: Annotated[int, Field(ge=1, le=MAX_WISHES)] | None = None

    def patch(self) -> WishPatch:
        """The request in the domain's words."""
        return WishPatch(self.quantity, self.note, self.priority)


class MoveToCart(Body):
    """How a wish goes into the cart: with the variant and quantity of the wish, unless others are named."""

    variant_id: UUID | None = None
    quantity: Quantity | None = None
    options: Options = {}


class WishView(ListedProductView):
    """One wish, with the product as it is today; `priority` is its place, `wishedOptions` the shopper's own."""

    id: UUID
    quantity: int
    note: str | None
    wished_options: dict[str, str]
    priority: int
    added_at: datetime


class WishlistView(View):
    """A whole wishlist, in its order; its version is the ETag, 0 while nothing was ever on it.

    While the site has wishlists switched off it is empty, with `enabled: false`.
    """

    enabled: bool
    site_id: UUID
    currency: str
    version: int
    item_count: int
    items: list[WishView]
    share: LinkView | None


class SharedWishView(ListedProductView):
    """A product that somebody wishes for, in their order: neither what they noted nor who they are."""

    quantity: int


class SharedWishlistView(View):
    """What a link shows of a wishlist."""

    site_id: UUID
    currency: str
    item_count: int
    items: list[SharedWishView]
    expires_at: datetime


class CopyChangeView(View):
    """What became of one product of a list that was copied."""

    product_id: UUID
    variant_id: UUID | None
    kind: str
    reason: str | None
    message: str | None


class CopiedWishlistView(WishlistView):
    """The wishlist after another was copied into it, and what became of each product."""

    copy_changes: list[CopyChangeView]
