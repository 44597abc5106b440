"""Expiring holds: their time has passed."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.domain import Hold
from inventory.holds.persistence import end_holds, find_holds
from inventory.holds.use_cases.give_back_stock import give_back


async def expire_some(unit: TenantUnit, limit: int) -> int:
    """End up to `limit` of a company's holds that are past their time; returns how many."""
    holds = await end_holds.expire_some(unit, limit)
    await _expired(unit, holds)
    return len(holds)


async def expire_due_of(unit: TenantUnit, variant_ids: Sequence[UUID]) -> bool:
    """End the holds past their time that have these variants; returns whether there were any, whoever ended them."""
    if not await find_holds.any_due(unit, variant_ids):
        return False
    await _expired(unit, await end_holds.expire_of_variants(unit, variant_ids))
    return True


async def expire_of_cart(unit: TenantUnit, cart_id: UUID) -> None:
    """End the cart's hold if it is past its time."""
    await _expired(unit, await end_holds.expire_of_cart(unit, cart_id))


async def _expired(unit: TenantUnit, holds: Sequence[Hold]) -> None:
    await give_back(unit, holds, [domain.expired(hold, unit.now) for hold in holds])
