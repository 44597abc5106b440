"""A shopper holds the stock of a cart, or gives it back."""

from dataclasses import dataclass
from datetime import datetime

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.holds.domain import HoldRequest


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Hold the stock of every line of a shopper's cart or of none; again renews it (rules.md 18)."""

    selector: Selector
    now: datetime

    async def judge(self, unit: TenantUnit) -> HoldRequest | HoldState:
        """Raises CartNotFound, CartEmpty and what a final cart raises."""
        cart = await _lock(unit, self.selector, self.now)
        if not cart.lines:
            raise errors.CartEmpty()
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
