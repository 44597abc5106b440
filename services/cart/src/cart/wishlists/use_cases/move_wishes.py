"""Moves between wishlist and cart: the line and the wish change in one transaction, or neither does."""

from dataclasses import dataclass, replace
from uuid import UUID

from contracts.value import value
from servicekit.db import TenantUnit
from servicekit.db.idempotency_keys import stored_answer
from servicekit.errors import FeatureDisabled403
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.intents import RemoveItem
from cart.carts.domain.lines import Line, Wanted
from cart.carts.domain.records import Updated
from cart.carts.use_cases.add_item import ItemAdder
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.requests import ChangeRequest
from cart.lists.domain import Owner
from cart.lists.service import ListRequest, find_owner
from cart.wishlists import repository
from cart.wishlists.domain import NewWish, Wish
from cart.wishlists.schemas import MoveToCart
from cart.wishlists.service import open_to_change

SOURCE = "wishlist"
"""Where a line says it comes from."""


@value
class TakeWish:
    """Takes a wish off in the transaction that puts it into the cart; raises WishNotFound if it is gone by then."""

    request: ListRequest
    wish_id: UUID

    async def __call__(self, unit: TenantUnit, done: Updated) -> None:
        wishlist, _ = await open_to_change(unit, self.request)
        wishlist.remove(self.wish_id, self.request.context, "MOVED_TO_CART")
        await repository.save(unit, wishlist)


@value
class KeepAsWish:
    """Wishes for what was a line of the cart in the transaction that takes it out; raises WishlistFull."""

    request: ListRequest

    async def __call__(self, unit: TenantUnit, done: Updated) -> None:
        if done.line is None:
            raise ValueError("what takes a line out names it")
        wishlist, _ = await open_to_change(unit, self.request)
        wishlist.take_from_cart(_wish_of(done.line), self.request.context)
        await repository.save(unit, wishlist)


@dataclass(frozen=True, slots=True)
class WishMover:
    """Moves wishes; one for the life of the process."""

    adder: ItemAdder
    changer: CartChanger

    async def move_to_cart(
        self, unit: TenantUnit, change: ChangeRequest, request: ListRequest, wish_id: UUID, chosen: MoveToCart
    ) -> Answer:
        """Put a wish into the shopper's cart and take it off the list; answers the whole cart, as adding an item does.

        Raises WishNotFound, FeatureDisabled403, SizeRequired where no variant was chosen yet, and what
        `ItemAdder.add_item` does: then the wish stays.
        """
        if change.key is not None:
            stored = await stored_answer(unit, change.key.row)
            if (earlier := change.replay(stored)) is not None:
                return earlier
        wish = await _find_wish(unit, request, wish_id)
        wanted = Wanted(
            product_id=wish.product_id,
            variant_id=chosen.variant_id or wish.variant_id,
            quantity=chosen.quantity or wish.quantity,
            options={**wish.options, **chosen.options},
            source=SOURCE,
        )
        return await self.adder.add_item(unit, replace(change, beside=TakeWish(request, wish_id)), wanted)

    async def move_from_cart(
        self, unit: TenantUnit, change: ChangeRequest, request: ListRequest, line_id: UUID
    ) -> Answer:
        """Take a line out of the cart and wish for it; answers the whole cart, as removing an item does.

        The wish has the line's quantity and the shopper's own options. Raises ItemNotFound, WishlistFull,
        FeatureDisabled403, and what `CartChanger.change_cart` does: then the line stays.
        """
        await _require_wishlist(unit, request)
        return await self.changer.change_cart(unit, replace(change, beside=KeepAsWish(request)), RemoveItem(line_id))


async def _require_wishlist(unit: TenantUnit, request: ListRequest) -> Owner:
    """Whose list it is; refused here, before stock moves, rather than in the transaction of the move."""
    owner, site = await find_owner(unit, request)
    if not site.enable_wishlist:
        raise FeatureDisabled403
    return owner


async def _find_wish(unit: TenantUnit, request: ListRequest, wish_id: UUID) -> Wish:
    owner = await _require_wishlist(unit, request)
    wishlist = await repository.find(unit, owner)
    if wishlist is None:
        raise errors.WishNotFound()
    return wishlist.require_wish(wish_id)


def _wish_of(line: Line) -> NewWish:
    own = {name: text for name, text in line.options.items() if name not in line.catalogue_options}
    return NewWish(line.product_id, line.variant_id, line.quantity, options=own)
