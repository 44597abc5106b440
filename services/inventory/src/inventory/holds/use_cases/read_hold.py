"""Reading holds."""

from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import HoldPlaced
from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit

from inventory.holds import domain
from inventory.holds.persistence import find_holds


async def state_of_cart(unit: TenantUnit, cart_id: UUID) -> HoldState:
    """The cart's open hold, else its last one, else NONE."""
    hold, now = await find_holds.latest(unit, cart_id)
    return domain.state_of(hold, now)


async def open_hold_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[HoldPlaced]]:
    """HoldPlaced for the holds that are ACTIVE now, one by one after `after`: for `republish`."""
    holds = await find_holds.open_page(unit, after=after, limit=limit)
    return [domain.placed(hold, unit.now) for hold in holds]
