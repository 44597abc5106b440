"""What staff do with abandoned carts."""

from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.errors import NotFound404

from recovery.abandoned_carts import repository
from recovery.abandoned_carts.repository import Entry, Filters
from recovery.campaigns import repository as campaigns
from recovery.errors import NotSendable409
from recovery.recoveries import repository as recoveries


async def page(unit: TenantUnit, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Entry]:
    """One page of abandoned carts, the latest abandonment first."""
    return await repository.page(unit, filters, after, limit)


async def get(unit: TenantUnit, recovery_id: UUID) -> Entry:
    """One abandoned cart. Raises NotFound404."""
    entry = await repository.entry(unit, recovery_id)
    if entry is None:
        raise NotFound404
    return entry


async def send_now(unit: TenantUnit, recovery_id: UUID) -> Entry:
    """Make the next step due at once; it still goes at most once, and caps, quiet hours and the last checks still hold.

    Idempotent while the mail is on its way. Raises NotFound404, or NotSendable409 with the reason.
    """
    entry = await get(unit, recovery_id)
    campaign = await campaigns.current(unit)
    if entry.recovery.status != "OPEN":
        raise NotSendable409("This recovery has ended.")
    if not entry.mailable:
        raise NotSendable409("There is no address that may be written to.")
    if campaign is None or not campaign.active or campaign.step(entry.recovery.next_step or 0) is None:
        raise NotSendable409("There is no active campaign with a further step.")
    await recoveries.bring_forward(unit, recovery_id)
    return await get(unit, recovery_id)


async def dismiss(unit: TenantUnit, recovery_id: UUID) -> Entry:
    """Send nothing more about this abandonment; again changes nothing. Raises NotFound404."""
    await get(unit, recovery_id)
    await recoveries.stop(unit, recovery_id, "dismissed")
    return await get(unit, recovery_id)
