"""Committing a hold to an order."""

from collections.abc import Mapping
from uuid import UUID

from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.persistence import end_holds, find_holds
from inventory.holds.use_cases.expire_hold import expire_of_cart
from inventory.holds.use_cases.give_back_stock import move_stock
from inventory.stock import repository as stock
from inventory.stock.service import take_for_order


async def commit_for_order(unit: TenantUnit, *, cart_id: UUID, order_id: str, ordered: Mapping[UUID, int]) -> None:
    """Let an order's stock leave the shelf: from the cart's open hold, else straight from stock (rules.md 19, 20).

    What the order needs beyond the hold is taken from stock too, what it does not need is given back. A cart whose hold
    was committed before is left alone, so the event may repeat what a command has done.
    """
    hold = await end_holds.commit(unit, cart_id, order_id)
    if hold is None:
        await expire_of_cart(unit, cart_id)
        last, _ = await find_holds.latest(unit, cart_id)
        if last is None or last.state != "COMMITTED":
            await take_for_order(unit, cart_id=cart_id, order_id=order_id, quantities=ordered)
        return
    commitment = domain.commit_to_order(hold, ordered)
    if commitment.beyond:  # all rows at once and in order, before any is changed
        await stock.lock(unit, [*hold.quantities(), *commitment.beyond])
    await move_stock(unit, commitment.moves, [domain.committed(hold, order_id, unit.now)])
    if commitment.beyond:
        await take_for_order(unit, cart_id=cart_id, order_id=order_id, quantities=commitment.beyond)
