"""Copy a shared cart into one's own, as much of it as can be had."""

from dataclasses import dataclass

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.context import ChangeContext
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_view
from cart.carts.use_cases.change import CartChanger
from cart.carts.view import cart_view
from cart.sharing.domain.copying import CopyShared
from cart.sharing.domain.links import SharedCart
from cart.sharing.view import left_out_view


@dataclass(frozen=True, slots=True)
class CartCopier:
    """Copies shared carts; one for the life of the process."""

    changer: CartChanger

    async def copy_cart(
        self, unit: TenantUnit, selector: Selector, shared: SharedCart, context: ChangeContext
    ) -> Answer:
        """Have in the shopper's cart what was shared, as one change; the answer names what could not be had.

        Of what the cart has already it has the larger quantity, so that a retry changes nothing. Raises CartNotFound,
        HoldChanging, and what a frozen or final cart raises.
        """
        changed = await self.changer.change_locked_carts(unit, selector, CopyShared(shared.items), context)
        (priced,) = changed.carts
        view = {**cart_view(priced.cart, priced.quote, context.now), "notCopied": left_out_view(changed.outcome)}
        return answer_view(view, priced.cart.version)
