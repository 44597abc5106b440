"""Writing the replica of holds: the newest hold of each cart, and a final state is never left again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit

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
    back.
    A cart that this database does not have (any more) is passed over.
    """
    await unit.execute(
        """
        INSERT INTO cart_holds AS known (cart_id, company_id, hold_id, hold_version, status, expires_at)
        SELECT c.id, c.company_id, $3, $4, $5, $6 FROM carts c WHERE c.company_id = $1 AND c.id = $2
        ON CONFLICT (cart_id) DO UPDATE SET hold_id = excluded.hold_id, status = excluded.status,
            expires_at = excluded.expires_at, hold_version = CASE WHEN known.hold_id = excluded.hold_id
                THEN greatest(known.hold_version, excluded.hold_version) ELSE excluded.hold_version END
        WHERE known.hold_id < excluded.hold_id
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
