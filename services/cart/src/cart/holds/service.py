"""The use cases of holding a cart's stock: inventory is called while no unit is open, then noted on the cart."""

from dataclasses import dataclass
from datetime import datetime

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from cart import errors
from cart.carts.domain.cart import Cart
from cart.clients import StockHolds
from cart.holds import repository as replica
from cart.holds.repository import UNKNOWN_VERSION, HoldVersion


@dataclass(frozen=True, slots=True)
class Holding:
    """The use cases, with what they work through."""

    holds: StockHolds

    async def place_hold(self, cart: Cart, now: datetime) -> HoldState:
        """Hold the stock of every line or of none; again renews it (rules.md 18).

        Raises CartEmpty, what a final cart raises, InventoryHoldFailed naming lines, HoldLimit, ProductUnavailable, and
        ServiceUnavailable503 when inventory is away: then nothing was taken that its own time will not free.
        """
        cart.require_open(now)
        if not cart.lines:
            raise errors.CartEmpty()
        return await self.holds.place(cart)

    async def release_hold(self, cart: Cart, now: datetime) -> HoldState:
        """Give the stock back; idempotent."""
        return await self.holds.release(cart.company_id, cart.id)

    async def hold_status(self, cart: Cart) -> HoldState:
        """The hold as inventory has it now."""
        return await self.holds.status(cart.company_id, cart.id)

    async def note(self, unit: TenantUnit, cart: Cart, state: HoldState) -> HoldState:
        """Show the hold on the cart at once; the event that follows repeats it."""
        if state.hold_id is not None:
            published = HoldVersion(state.hold_id, UNKNOWN_VERSION, state.status, state.expires_at)
            await replica.keep(unit, cart.id, published)
        return state
