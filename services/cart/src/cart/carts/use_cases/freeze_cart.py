"""Freeze a cart for a checkout, and thaw it (rules.md 14)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from contracts.base import Actor
from contracts.cart_calls import CartFreezeAnswer
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from cart.carts.domain.context import ChangeContext
from cart.carts.domain.events import totals_of
from cart.carts.domain.freezing import FreezeCart, ThawCart
from cart.carts.domain.pricing import PricedCart
from cart.carts.persistence import freezes
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.patience import when_no_hold_changes


@dataclass(frozen=True, slots=True)
class CartFreezer:
    """Freezes and thaws carts; one for the life of the process."""

    changer: CartChanger

    async def freeze_cart(
        self, unit: TenantUnit, cart_id: UUID, intent: FreezeCart, actor: Actor, now: datetime
    ) -> CartFreezeAnswer:
        """Keep the cart's lines and prices for a checkout, for a time; nothing has to be done when it is over.

        The same checkout again gets the same prices. Raises what `FreezeCart.apply` does, and HoldChanging.
        """
        return await self._change(unit, cart_id, intent, ChangeContext(actor, now, new_id))

    async def thaw_cart(
        self, unit: TenantUnit, cart_id: UUID, checkout_id: str, actor: Actor, now: datetime
    ) -> CartFreezeAnswer:
        """Let the cart be changed again, at the prices of now; one that is not frozen stays as it is.

        Raises what `ThawCart.apply` does, and HoldChanging.
        """
        return await self._change(unit, cart_id, ThawCart(checkout_id), ChangeContext(actor, now, new_id))

    async def _change(
        self, unit: TenantUnit, cart_id: UUID, intent: FreezeCart | ThawCart, context: ChangeContext
    ) -> CartFreezeAnswer:
        selector = Selector.by_id(cart_id)
        attempt = partial(self.changer.change_locked_carts, unit, selector, intent, context)
        (priced,) = (await when_no_hold_changes(unit, attempt)).carts
        await freezes.keep(unit, priced)
        return _answer(priced, context.now)


def _answer(priced: PricedCart, now: datetime) -> CartFreezeAnswer:
    cart = priced.cart
    freeze = cart.freeze_at(now) if cart.is_open else None
    return CartFreezeAnswer(
        cart_id=cart.id,
        version=cart.version,
        currency=cart.currency,
        totals=totals_of(priced.quote),
        frozen_at=freeze.at if freeze else None,
        frozen_until=freeze.until if freeze else None,
    )
