"""Extending a hold."""

from dataclasses import replace
from uuid import UUID

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from inventory.errors import HoldNotFound, HoldOver
from inventory.holds import domain
from inventory.holds.domain import HoldPolicy
from inventory.holds.persistence import find_holds, place_hold


async def extend(unit: TenantUnit, cart_id: UUID, policy: HoldPolicy) -> HoldState:
    """Give the cart's hold its full time again, up to the maximum since it was placed; raises HoldNotFound, HoldOver.

    An extension never shortens; one that gains nothing changes nothing.
    """
    hold, now = await find_holds.latest(unit, cart_id)
    if hold is None:
        raise HoldNotFound
    hold = await find_holds.active(unit, cart_id)
    if hold is None or not hold.is_open(now):
        raise HoldOver
    expires_at = domain.ends_at(now, hold.created_at, policy.duration, policy.maximum)
    if expires_at > hold.expires_at:
        await place_hold.set_expiry(unit, hold.id, expires_at)
        hold = replace(hold, expires_at=expires_at, version=hold.version + 1)
        await outbox.add(unit, domain.placed(hold, now))
    return domain.state_of(hold, now)
