"""The use case of following a recovery link: the abandoned cart wakes up, and says what is different (rules.md 29)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart_calls import CartRestored, RestoreChange
from servicekit.db import TenantUnit
from servicekit.http.answers import plain
from servicekit.ids import hash_token, new_token

from cart import errors
from cart.carts import domain, facts, lifecycle, repository
from cart.carts.changing import Changer
from cart.carts.domain import Change
from cart.carts.model import Activity, Cart, Line
from cart.carts.repository import Selector
from cart.carts.view import cart_view


@dataclass(frozen=True, slots=True)
class Restoring:
    """Restores carts; holds what outlives a request."""

    changer: Changer

    async def restore_cart(self, unit: TenantUnit, cart_id: UUID, abandonment_id: UUID, now: datetime) -> CartRestored:
        """Wake the cart for whoever followed the link, re-priced; lines stay, and what cannot be bought is reported.

        A cart that is awake already, by this link or because its shopper came back, is only opened: nothing changes but
        that this visitor gets a session token of their own, never an earlier one; a customer's cart needs none. A mail
        of an earlier abandonment wakes the cart as well. Raises CartNotFound, and what a final cart raises.
        """
        await repository.lock(unit, cart_id)
        loaded = await repository.load(unit, Selector.by_id(cart_id))
        if loaded is None:
            raise errors.CartNotFound()
        cart = loaded.cart
        domain.require_open(cart, now)
        changes: list[RestoreChange] = []
        ended = cart.abandonment_id
        if ended is not None:
            changes = _wake(cart, abandonment_id, now)
            quote = await self.changer.rules.price(unit, loaded, now)
            facts.reactivated(cart, ended, "shopper", now)
            facts.updated(cart, Change("RESTORED"), quote, "shopper", now)
            if not await repository.save(unit, cart, quote):
                raise errors.VersionMismatch()
        else:
            quote = await self.changer.rules.price(unit, loaded, now)
        token = await self._open_for_visitor(unit, cart, now)
        return CartRestored(
            cart_id=cart.id,
            session_token=token,
            cart=plain(cart_view(cart, quote, now)),
            changes=tuple(changes),
        )

    async def _open_for_visitor(self, unit: TenantUnit, cart: Cart, now: datetime) -> str | None:
        if cart.customer_id is not None:
            return None
        token = new_token()
        await repository.add_session(unit, cart.id, hash_token(token), now)
        return token


def _wake(cart: Cart, abandonment_id: UUID, now: datetime) -> list[RestoreChange]:
    """Reactivate and re-price the cart, and say for each line what changed since it was abandoned."""
    changes = [change for line in cart.lines for change in _refresh(cart, line)]
    lifecycle.reactivate(cart, now)
    cart.restored_abandonment_id = abandonment_id
    cart.last_activity_at = cart.updated_at = now
    cart.version += 1
    cart.activity.append(Activity("RESTORED", "shopper", {"changes": len(changes)}))
    return changes


def _refresh(cart: Cart, line: Line) -> list[RestoreChange]:
    catalogue = line.catalogue
    price = catalogue.prices.get(cart.currency) if catalogue and catalogue.active else None
    if catalogue is None or price is None:
        return [RestoreChange(item_id=line.id, kind="unavailable", from_=line.quantity, to=0)]
    changes = []
    if price != line.unit_price:
        changes.append(RestoreChange(item_id=line.id, kind="price", from_=line.unit_price, to=price))
        line.unit_price = price
        cart.touched.add(line.id)
    if catalogue.left is not None and catalogue.left < line.quantity:
        kind = "quantity" if catalogue.left else "unavailable"
        changes.append(RestoreChange(item_id=line.id, kind=kind, from_=line.quantity, to=catalogue.left))
    return changes
