"""Releasing holds: the shopper or the staff gives the stock back."""

from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.persistence import end_holds
from inventory.holds.persistence.fences import pass_fence
from inventory.holds.use_cases.give_back_stock import give_back
from inventory.holds.use_cases.read_hold import state_of_cart


async def release(unit: TenantUnit, cart_id: UUID, reason: str, fence: int | None = None) -> HoldState:
    """Give the cart's hold back; a cart without an ACTIVE one is left as it is. Raises FencePassed for a late call."""
    await pass_fence(unit, cart_id, fence)
    holds = await end_holds.release(unit, cart_id, reason)
    await give_back(unit, holds, [domain.released(hold, reason, unit.now) for hold in holds])
    return await state_of_cart(unit, cart_id)


async def release_some(unit: TenantUnit, limit: int, reason: str) -> int:
    """Give back up to `limit` of a company's holds; returns how many."""
    holds = await end_holds.release_some(unit, limit, reason)
    await give_back(unit, holds, [domain.released(hold, reason, unit.now) for hold in holds])
    return len(holds)
