"""The use cases of holding a cart's stock: inventory is called while no unit is open, then it is noted on the cart."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import Database, TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import load
from cart.clients import StockHolds
from cart.holds import repository
from cart.holds.repository import UNKNOWN_VERSION, HoldVersion
from cart.holds.schemas import HoldView


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Hold the stock of every line of a shopper's cart or of none; again renews it (rules.md 18)."""

    holds: StockHolds
    selector: Selector
    now: datetime

    async def read(self, unit: TenantUnit) -> Cart:
        """The shopper's cart; raises CartNotFound."""
        return (await load(unit, self.selector)).cart

    async def call(self, found: Cart, key: str | None) -> HoldState:
        """Take the stock.

        Raises CartEmpty, what a final cart raises, InventoryHoldFailed naming lines, HoldLimit, ProductUnavailable, and
        ServiceUnavailable503 when inventory is away: then nothing was taken that its own time will not free.
        """
        found.require_open(self.now)
        if not found.lines:
            raise errors.CartEmpty()
        return await self.holds.place(found)

    async def write(self, unit: TenantUnit, found: Cart, result: HoldState) -> Answer:
        """Show the hold on the cart at once; the event that follows repeats it."""
        await _note(unit, found.id, result)
        return Answer(201, HoldView.of(result))


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """Give back what a shopper's cart holds; idempotent."""

    holds: StockHolds
    selector: Selector

    async def read(self, unit: TenantUnit) -> Cart:
        """The shopper's cart; raises CartNotFound."""
        return (await load(unit, self.selector)).cart

    async def call(self, found: Cart, key: str | None) -> HoldState:
        """Release the stock."""
        return await self.holds.release(found.company_id, found.id)

    async def write(self, unit: TenantUnit, found: Cart, result: HoldState) -> Answer:
        """Show on the cart at once that nothing is held; the event that follows repeats it."""
        await _note(unit, found.id, result)
        return Answer(200, HoldView.of(result))


@dataclass(frozen=True, slots=True)
class HoldReader:
    """Reads holds as inventory has them; one for the life of the process."""

    database: Database
    holds: StockHolds

    async def status(self, company_id: UUID, selector: Selector) -> HoldState:
        """The hold of a shopper's cart, for which inventory is called with no unit open; raises CartNotFound."""
        async with self.database.unit(company_id) as unit:
            cart = (await load(unit, selector)).cart
        return await self.holds.status(cart.company_id, cart.id)


async def _note(unit: TenantUnit, cart_id: UUID, state: HoldState) -> None:
    if state.hold_id is not None:
        hold = HoldVersion(state.hold_id, UNKNOWN_VERSION, state.status, state.expires_at)
        await repository.keep(unit, cart_id, hold)
