"""Writing the replica of holds: the newest hold of each cart, and a final state is never left again."""

from datetime import datetime
from uuid import UUID

from servicekit.db import Unit


async def keep(unit: Unit, cart_id: UUID, hold_id: UUID, status: str, expires_at: datetime | None) -> None:
    """Keep what inventory said of a hold. Ids of later holds sort later, so an older hold changes nothing.

    A cart that this database does not have (any more) is passed over.
    """
    await unit.execute(
        """
        INSERT INTO cart_holds AS known (cart_id, company_id, hold_id, status, expires_at)
        SELECT c.id, c.company_id, $3, $4, $5 FROM carts c WHERE c.company_id = $1 AND c.id = $2
        ON CONFLICT (cart_id) DO UPDATE SET hold_id = excluded.hold_id, status = excluded.status,
            expires_at = excluded.expires_at
        WHERE known.hold_id < excluded.hold_id OR (known.hold_id = excluded.hold_id AND known.status = 'ACTIVE')""",
        unit.company_id,
        cart_id,
        hold_id,
        status,
        expires_at,
    )
