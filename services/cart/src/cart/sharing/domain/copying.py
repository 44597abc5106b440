"""What a shared cart becomes in one's own: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.value import value

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import CatalogueVariant, Line, Wanted
from cart.carts.domain.notes import has_room
from cart.carts.domain.records import LineChange
from cart.sharing.domain.links import SharedItem

SOURCE = "shared"
"""Where lines say that they are from, unless they were there before."""

LeftOutReason = Literal[
    "NEEDS_CHOICE", "PRODUCT_UNAVAILABLE", "ITEM_OUT_OF_STOCK", "INSUFFICIENT_STOCK", "QUANTITY_LIMIT"
]


@value
class LeftOut:
    """An item of which the cart has fewer than were shared, and why; `copied` is how many it has."""

    item: SharedItem
    copied: int
    reason: LeftOutReason


@value
class _Room:
    """How many of an item a cart can have, and what keeps it from more."""

    most: int
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class CopyShared:
    """Have in the cart what was shared, as much of it as can be had; applied again, it changes nothing."""

    items: tuple[SharedItem, ...]

    def apply(self, found: Sequence[Cart], context: ChangeContext) -> list[LeftOut]:
        """What could not be copied. Of what the cart has already it has the larger quantity, as after a sign-in.

        Raises CartNotFound, and what a frozen or final cart raises.
        """
        if not found:
            raise errors.CartNotFound()
        cart = found[0]
        cart.require_changeable(context.now)
        changes: list[LineChange] = []
        left_out = [one for item in self.items if (one := _copy(cart, item, changes, context)) is not None]
        if changes:
            cart.record_lines(changes, "SHARED_CART_COPIED", context)
        return left_out


def _copy(cart: Cart, item: SharedItem, changes: list[LineChange], context: ChangeContext) -> LeftOut | None:
    if item.variant is None or item.price_in(cart.currency) is None:
        return LeftOut(item, 0, "PRODUCT_UNAVAILABLE")
    if item.needs_choice:
        return LeftOut(item, 0, "NEEDS_CHOICE")
    wanted = Wanted(item.product_id, item.variant_id, item.quantity, {}, SOURCE)
    candidate = Line.of(item.variant, wanted, cart.currency, context.new_id())
    mine = next((line for line in cart.lines if line.identity == candidate.identity), None)
    have = mine.quantity if mine else 0
    room = _room(cart, item.variant, candidate, mine)
    more = min(item.quantity, room.most) - have
    if more > 0:
        line, _ = cart.take_in(candidate, more, item.variant)
        changes.append(LineChange("ITEM_ADDED", line, line.quantity, more, SOURCE))
        have += more
    return LeftOut(item, have, room.reason) if have < item.quantity else None


def _room(cart: Cart, variant: CatalogueVariant, candidate: Line, mine: Line | None) -> _Room:
    """What the site's limits and the stock leave to a line, beside lines of the same variant."""
    is_full = len(cart.lines) >= cart.site.max_lines or not has_room(cart.lines, candidate)
    allowed = 0 if mine is None and is_full else cart.site.max_quantity
    elsewhere = sum(line.quantity for line in cart.lines if line.variant_id == variant.variant_id and line is not mine)
    left = None if variant.left is None else max(variant.left - elsewhere, 0)
    if left is None or allowed <= left:
        return _Room(allowed, "QUANTITY_LIMIT")
    return _Room(left, "INSUFFICIENT_STOCK" if variant.left else "ITEM_OUT_OF_STOCK")
