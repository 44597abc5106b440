"""Counting that a person followed a link."""

from contracts.envelope import RecordedEvent
from contracts.recovery import RecoveryLinkClicked
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from recovery.errors import RecoveryTokenInvalid400
from recovery.links import repository
from recovery.links.domain.tokens import LinkPayload
from recovery.recoveries import repository as recoveries


async def count_click(unit: TenantUnit, payload: LinkPayload) -> bool:
    """Count a person's click: once per mail and day, and RecoveryLinkClicked once per mail; True when it is the first.

    Raises RecoveryTokenInvalid400 when the recovery is gone.
    """
    recovery = await recoveries.get(unit, payload.recovery_id, lock=True)
    if recovery is None:
        raise RecoveryTokenInvalid400
    await repository.add_click(unit, recovery.id, payload.step)
    if not await repository.mark_clicked(unit, recovery.id, payload.step):
        return False
    version = await recoveries.raise_version(unit, recovery.id)
    clicked = RecoveryLinkClicked(
        site_id=recovery.site_id, cart_id=recovery.cart_id, abandonment_id=recovery.abandonment_id, step=payload.step
    )
    await outbox.add(unit, RecordedEvent(clicked, unit.company_id, recovery.id, version, unit.now))
    return True
