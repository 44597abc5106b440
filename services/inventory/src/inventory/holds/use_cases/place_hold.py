"""The transactions of one placement: an edge, like a route, because a refusal must commit before the second try."""

from uuid import UUID

from prometheus_client import Counter
from servicekit.db import Database
from servicekit.errors import Conflict409

from inventory.errors import HoldFailed
from inventory.holds import service
from inventory.holds.service import HoldOrder, HoldPolicy, OwnHoldDue, Placed, PlacedMeanwhile

FAILURES = Counter("inventory_hold_failures", "Holds refused because stock was short")

_ATTEMPTS = 4
"""One, one more after a refusal, one after the cart's own hold fell due, one after losing a race."""


async def place_hold(database: Database, company_id: UUID, order: HoldOrder, policy: HoldPolicy) -> Placed:
    """Place or replace a cart's hold, in a transaction of its own.

    When stock is short, holds past their time that have some of it are expired in a transaction of their own and the
    hold is tried once more (rules.md 17). Raises HoldFailed, HoldLimitReached, ProductNotFound; Conflict409 when other
    calls for the same cart keep coming in between.
    """
    swept = False
    for _ in range(_ATTEMPTS):
        try:
            async with database.unit(company_id) as unit:
                return await service.place(unit, order, policy)
        except HoldFailed:
            if swept or not await _sweep(database, company_id, order):
                FAILURES.inc()
                raise
            swept = True
        except OwnHoldDue:
            await _expire_own(database, company_id, order.cart_id)
        except PlacedMeanwhile:
            continue
    raise Conflict409


async def _sweep(database: Database, company_id: UUID, order: HoldOrder) -> bool:
    async with database.unit(company_id) as unit:
        return await service.expire_due_of(unit, list(order.quantities))


async def _expire_own(database: Database, company_id: UUID, cart_id: UUID) -> None:
    async with database.unit(company_id) as unit:
        await service.expire_of_cart(unit, cart_id)
