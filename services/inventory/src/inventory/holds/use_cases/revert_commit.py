"""Undoing a commit: the order was not made after all."""

from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.persistence import end_holds
from inventory.holds.persistence.fences import pass_fence
from inventory.holds.use_cases.give_back_stock import move_stock
from inventory.holds.use_cases.read_hold import state_of_cart

REASON = "order_not_made"
"""The reason in HoldReleased."""


async def revert_commit(unit: TenantUnit, cart_id: UUID, order_id: str, fence: int | None) -> HoldState:
    """Put the order's stock back on the shelf, free for everybody; without a commit of this order nothing changes.

    Raises FencePassed for a late call.
    """
    await pass_fence(unit, cart_id, fence)
    await undo_commit(unit, cart_id, order_id)
    return await state_of_cart(unit, cart_id)


async def undo_commit(unit: TenantUnit, cart_id: UUID, order_id: str) -> None:
    """As `revert_commit`, whatever the fence."""
    holds = await end_holds.revert(unit, cart_id, order_id, REASON)
    moves = [move for hold in holds for move in domain.putting_back(hold.stock)]
    if holds:
        await move_stock(unit, moves, [domain.released(hold, REASON, unit.now) for hold in holds])
