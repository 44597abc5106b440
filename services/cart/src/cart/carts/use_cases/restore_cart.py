"""Follow a recovery link: the abandoned cart is reactivated, and answers what is different (rules.md 29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart_calls import CartRestored, RestoreChange
from servicekit.db import TenantUnit
from servicekit.http.answers import plain
from servicekit.ids import hash_token, new_id, new_token

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.persistence import sessions
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.carts.view import cart_view


@dataclass(frozen=True, slots=True)
class RestoreCart:
    """Reactivate an abandoned cart; one that is ACTIVE is left as it is."""

    abandonment_id: UUID

    def apply(self, carts: Sequence[Cart], context: ChangeContext) -> list[RestoreChange]:
        """Raises CartNotFound without a cart, and what a final cart raises."""
        if not carts:
            raise errors.CartNotFound()
        return carts[0].restore(self.abandonment_id, context)


@dataclass(frozen=True, slots=True)
class CartRestorer:
    """Restores carts; one for the life of the process."""

    changer: CartChanger

    async def restore_cart(self, unit: TenantUnit, cart_id: UUID, abandonment_id: UUID, now: datetime) -> CartRestored:
        """Reactivate and re-price the cart for who followed the link; lines stay, what cannot be bought is answered.

        A cart that is ACTIVE already, by this link or because its shopper came back, is only opened: nothing changes
        but that this visitor gets a session token of their own, never an earlier one, in place of the oldest where many
        have followed links; a customer's cart needs none. A
        mail of an earlier abandonment reactivates the cart as well. Raises CartNotFound, and what a final cart raises.
        """
        restored = await self.changer.change_locked_carts(
            unit, Selector.by_id(cart_id), RestoreCart(abandonment_id), ChangeContext("shopper", now, new_id)
        )
        (priced,) = restored.carts
        return CartRestored(
            cart_id=cart_id,
            session_token=await self._open_for_visitor(unit, priced.cart, now),
            cart=plain(cart_view(priced.cart, priced.quote, now)),
            changes=tuple(restored.outcome),
        )

    async def _open_for_visitor(self, unit: TenantUnit, cart: Cart, now: datetime) -> str | None:
        if cart.customer_id is not None:
            return None
        token = new_token()
        await sessions.add_restored(unit, cart.id, hash_token(token), now)
        return token
