"""Which carts are priced by an old answer for their address."""

from datetime import datetime
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from cart.carts.domain.cart import Cart


async def due(unit: SystemUnit, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Companies and ids of open carts whose address is to be asked about again, the longest due first."""
    rows = await unit.fetch(
        """
        SELECT company_id, id FROM carts
        WHERE address_until <= $1 AND status IN ('ACTIVE', 'ABANDONED') ORDER BY address_until LIMIT $2
        """,
        now,
        limit,
    )
    return [(row["company_id"], row["id"]) for row in rows]


async def keep_until(unit: TenantUnit, cart: Cart, until: datetime) -> None:
    """Go on with what the cart is priced by until then; a cart whose address was set meanwhile stays as it is."""
    await unit.execute(
        "UPDATE carts SET address_until = $3 WHERE company_id = $1 AND id = $2 AND address_until = $4",
        unit.company_id,
        cart.id,
        until,
        cart.destination.resolved_until if cart.destination else None,
    )
