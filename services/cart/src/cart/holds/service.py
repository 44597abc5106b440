"""The use cases of holding a cart's stock: asked of inventory, noted on the cart."""

from datetime import datetime

from contracts.inventory_calls import HoldState
from servicekit.db import Unit

from cart import errors
from cart.carts import domain, repository
from cart.carts.model import Cart
from cart.carts.repository import Selector
from cart.clients import StockHolds
from cart.holds import repository as replica


async def place_hold(unit: Unit, holds: StockHolds, selector: Selector, now: datetime) -> HoldState:
    """Hold the stock of every line or of none; again renews it (rules.md 18).

    Raises CartNotFound, CartEmpty, what a final cart raises, InventoryHoldFailed naming lines, HoldLimit, and
    ServiceUnavailable503 when inventory is away: then nothing was taken that its own time will not free.
    """
    cart = await _load(unit, selector)
    domain.require_open(cart, now)
    if not cart.lines:
        raise errors.CartEmpty()
    return await _noted(unit, cart, await holds.place(cart))


async def release_hold(unit: Unit, holds: StockHolds, selector: Selector) -> HoldState:
    """Give the stock back; idempotent."""
    cart = await _load(unit, selector)
    return await _noted(unit, cart, await holds.release(cart.company_id, cart.id))


async def hold_status(unit: Unit, holds: StockHolds, selector: Selector) -> HoldState:
    """The hold as inventory has it now."""
    cart = await _load(unit, selector)
    return await holds.status(cart.company_id, cart.id)


async def _load(unit: Unit, selector: Selector) -> Cart:
    loaded = await repository.load(unit, selector)
    if loaded is None:
        raise errors.CartNotFound()
    return loaded.cart


async def _noted(unit: Unit, cart: Cart, state: HoldState) -> HoldState:
    if state.hold_id is not None:
        await replica.keep(unit, cart.id, state.hold_id, state.status, state.expires_at)
    return state
