"""Making a cart's stock an order's by a command, before the order is made (rules.md 20)."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import Database, TenantUnit

from inventory.errors import HoldOver
from inventory.holds import domain
from inventory.holds.domain import HoldOrder, HoldPolicy
from inventory.holds.persistence import end_holds, find_holds
from inventory.holds.use_cases.give_back_stock import move_stock
from inventory.holds.use_cases.place_hold import place_in, placing
from inventory.holds.use_cases.revert_commit import undo_commit

_NO_LIMIT = 2**31
"""Of the open holds of an owner, when one is made only to become an order."""


async def commit_order(
    database: Database, company_id: UUID, order: HoldOrder, order_id: str, policy: HoldPolicy
) -> HoldState:
    """Let exactly the ordered quantities leave the shelf, all or nothing, once per order.

    The cart's open hold is made to fit what is ordered; where it is over, the stock is taken again once. The same order
    with other quantities, which was tried before and not made, takes those instead. An owner's limit of open holds does
    not count. Raises HoldFailed naming each short line, ProductNotFound, HoldOver when the cart's stock is another
    order's, FencePassed, and Conflict409 as `place_hold` does.
    """
    unlimited = replace(policy, per_owner=_NO_LIMIT)
    return await placing(database, company_id, order, lambda unit: _commit(unit, order, order_id, unlimited))


async def _commit(unit: TenantUnit, order: HoldOrder, order_id: str, policy: HoldPolicy) -> HoldState:
    last, now = await find_holds.latest(unit, order.cart_id)
    if last is not None and last.state == "COMMITTED":
        if last.order_id != order_id:
            raise HoldOver
        if last.quantities() == order.quantities:
            return domain.state_of(last, now)
        await undo_commit(unit, order.cart_id, order_id)
    await place_in(unit, order, policy)
    hold = await end_holds.commit(unit, order.cart_id, order_id)
    if hold is None:
        raise HoldOver
    commitment = domain.commit_to_order(hold, _sorted(order.quantities))
    await move_stock(unit, commitment.moves, [domain.committed(hold, order_id, unit.now)])
    return domain.state_of(hold, now)


def _sorted(quantities: Mapping[UUID, int]) -> dict[UUID, int]:
    return dict(sorted(quantities.items()))
