"""The replica of holds: the newest of each cart, a final state never left again; and changes of holds under way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from cart.holds.domain import HoldRequest

UNKNOWN_VERSION = 0
"""The version of a hold that was answered to a call: the answer does not say it, the event that follows does."""


@dataclass(frozen=True, slots=True)
class HoldVersion:
    """A hold as inventory published or answered it once."""

    hold_id: UUID
    version: int
    status: str
    expires_at: datetime | None


async def keep(unit: TenantUnit, cart_id: UUID, hold: HoldVersion) -> None:
    """Keep what inventory published of a hold, in whatever order it arrives.

    Ids of later holds sort later, so an older hold changes nothing. Of the same hold a newer version counts while it
    is ACTIVE; one of an unknown version counts where it ends the hold or gives it more time: no newer one takes that
    back. A COMMITTED hold is RELEASED when its order was not made after all, and no state follows that.
    A cart that this database does not have (any more) is passed over.
    """
    await unit.execute(
        """
        INSERT INTO cart_holds AS known (cart_id, company_id, hold_id, hold_version, status, expires_at)
        SELECT c.id, c.company_id, $3, $4, $5, $6 FROM carts c WHERE c.company_id = $1 AND c.id = $2
        ON CONFLICT ON CONSTRAINT cart_holds_pkey DO UPDATE SET hold_id = excluded.hold_id, status = excluded.status,
            expires_at = excluded.expires_at, hold_version = CASE WHEN known.hold_id = excluded.hold_id
                THEN greatest(known.hold_version, excluded.hold_version) ELSE excluded.hold_version END
        WHERE known.hold_id < excluded.hold_id
            OR (known.hold_id = excluded.hold_id AND known.status = 'COMMITTED' AND excluded.status = 'RELEASED')
            OR (known.hold_id = excluded.hold_id AND known.status = 'ACTIVE' AND CASE excluded.hold_version
                WHEN 0 THEN excluded.status <> 'ACTIVE' OR excluded.expires_at > known.expires_at
                ELSE known.hold_version < excluded.hold_version END)""",
        unit.company_id,
        cart_id,
        hold.hold_id,
        hold.version,
        hold.status,
        hold.expires_at,
    )


async def begin_change(unit: TenantUnit, request: HoldRequest, lease_seconds: float) -> int:
    """Mark on a locked cart that its hold is being changed, until its lease is over; returns the change's fence."""
    fence: int = await unit.fetchval(
        "UPDATE carts SET hold_fence = hold_fence + 1, hold_change = $3, hold_change_order_id = $4,"
        " hold_change_until = now() + make_interval(secs => $5) WHERE company_id = $1 AND id = $2 RETURNING hold_fence",
        unit.company_id,
        request.cart_id,
        request.kind,
        request.order_id,
        lease_seconds,
    )
    return fence


async def finish_change(unit: TenantUnit, cart_id: UUID, fence: int) -> bool:
    """Take the mark off, and keep the cart locked; False when another change has taken over."""
    finished = await unit.execute(
        "UPDATE carts SET hold_change = NULL, hold_change_order_id = NULL, hold_change_until = NULL"
        " WHERE company_id = $1 AND id = $2 AND hold_fence = $3 AND hold_change IS NOT NULL",
        unit.company_id,
        cart_id,
        fence,
    )
    return finished == "UPDATE 1"


async def give_up_change(unit: TenantUnit, cart_id: UUID, fence: int) -> None:
    """End the lease of a change that cannot be finished: it is to be resolved, or taken over by the next one."""
    await unit.execute(
        "UPDATE carts SET hold_change_until = now()"
        " WHERE company_id = $1 AND id = $2 AND hold_fence = $3 AND hold_change IS NOT NULL",
        unit.company_id,
        cart_id,
        fence,
    )


async def overdue_changes(unit: SystemUnit, limit: int) -> list[tuple[UUID, UUID]]:
    """Company and id of the carts with a change whose lease is over, the oldest first."""
    rows = await unit.fetch(
        "SELECT company_id, id FROM carts WHERE hold_change IS NOT NULL AND hold_change_until <= now()"
        " ORDER BY hold_change_until LIMIT $1",
        limit,
    )
    return [(row["company_id"], row["id"]) for row in rows]
