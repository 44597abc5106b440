"""A shopper holds the stock of a cart, or gives it back."""

from dataclasses import dataclass
from datetime import datetime

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.holds.domain import HoldRequest, short_lines


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Hold the stock of every line of a shopper's cart or of none; again renews it (rules.md 18).

    On a site whose inventoryMode is validate_only nothing is held: the replica is looked at, and the order takes the
    stock (rules.md 19). What a cart held before the site was set so is renewed.
    """

    selector: Selector
    now: datetime

    async def judge(self, unit: TenantUnit) -> HoldRequest | HoldState:
        """Raises CartNotFound, CartEmpty, what a final cart raises, and InventoryHoldFailed with what is left."""
        cart = await _lock(unit, self.selector, self.now)
        if not cart.lines:
            raise errors.CartEmpty()
        if cart.site.inventory_mode == "validate_only" and not cart.holds_stock and cart.hold_change is None:
            if short := short_lines(cart):
                raise errors.InventoryHoldFailed(lines=short)
            return HoldState(status="NONE")
        return HoldRequest.of("PLACE", cart)

    async def save(self, unit: TenantUnit, state: HoldState) -> HoldState:
        """Nothing but the hold has changed."""
        return state


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """Give back what a shopper's cart holds; idempotent."""

    selector: Selector
    now: datetime

    async def judge(self, unit: TenantUnit) -> HoldRequest | HoldState:
        """Raises CartNotFound, and what a final cart raises: its stock is sold, or is freed without the shopper."""
        return HoldRequest.of("RELEASE", await _lock(unit, self.selector, self.now))

    async def save(self, unit: TenantUnit, state: HoldState) -> HoldState:
        """Nothing but the hold has changed."""
        return state


async def _lock(unit: TenantUnit, selector: Selector, now: datetime) -> Cart:
    found = await carts.load_locked(unit, selector)
    if not found:
        raise errors.CartNotFound()
    cart = found[0].cart
    cart.require_open(now)
    cart.require_no_hold_change()
    return cart
