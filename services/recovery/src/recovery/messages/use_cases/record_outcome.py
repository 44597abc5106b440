"""Recording what became of a mail, at the provider or before it (rules.md 28)."""

from contracts.envelope import RecordedEvent
from contracts.recovery import RecoveryEmailSent
from servicekit.db import TenantUnit
from servicekit.ids import new_id
from servicekit.messaging import outbox

from recovery.campaigns import repository as campaigns
from recovery.messages import repository
from recovery.messages.domain import Delivery, DeliveryOutcome, DueStep, backoff
from recovery.messages.repository import Reservation
from recovery.recoveries import repository as recoveries
from recovery.recoveries.domain import Recovery

MAX_WRITE_TRIES = 8
"""How often a mail is tried to be written: for an hour and a half by the growing leases, time to restore a lost key."""
_STATUS = {
    DeliveryOutcome.ACCEPTED: "SENT",
    DeliveryOutcome.REFUSED: "FAILED",
    DeliveryOutcome.UNKNOWN: "UNKNOWN",
}


async def record_outcome(unit: TenantUnit, reservation: Reservation, delivery: Delivery, due: DueStep) -> None:
    """Record what became of a mail, and publish RecoveryEmailSent for one that was accepted; idempotent.

    A mail that the provider certainly did not take loses its reservation and waits.
    """
    recovery = await recoveries.get(unit, reservation.recovery_id, lock=True)
    if recovery is None:
        return
    if delivery.outcome is DeliveryOutcome.NOT_TAKEN:
        await repository.release(unit, reservation, unit.now + backoff(due.postponed), due.postponed + 1)
        return
    accepted = delivery.outcome is DeliveryOutcome.ACCEPTED
    provider_id, failure = (delivery.detail, None) if accepted else (None, delivery.detail)
    recorded = await repository.record(
        unit, reservation, _STATUS[delivery.outcome], provider_id=provider_id, failure=failure
    )
    if recorded and accepted:
        await _publish_sent(unit, reservation, recovery)


async def record_not_writable(unit: TenantUnit, due: DueStep, reason: str) -> bool:
    """Count a try at a mail that could not be written; the last one makes the mail FAILED and the next step due.

    Returns whether the mail was given up.
    """
    await campaigns.lock_to_schedule(unit)
    recovery = await repository.lock(unit, due)
    if recovery is None or recovery.recipient_hash is None:
        return False
    if await repository.count_unwritten(unit, recovery) < MAX_WRITE_TRIES:
        return False
    campaign = await campaigns.current(unit)
    step = campaign.step(due.step) if campaign else None
    following = campaign.due_after(step, recovery.abandoned_at, unit.now) if campaign and step else None
    failed = Reservation(new_id(), recovery.id, due.step)
    await repository.reserve(unit, failed, recovery, recovery.recipient_hash)
    await repository.record(unit, failed, _STATUS[DeliveryOutcome.REFUSED], provider_id=None, failure=reason)
    await repository.advance(unit, recovery, following)
    return True


async def _publish_sent(unit: TenantUnit, reservation: Reservation, recovery: Recovery) -> None:
    version = await recoveries.raise_version(unit, recovery.id)
    sent = RecoveryEmailSent(
        site_id=recovery.site_id,
        cart_id=recovery.cart_id,
        abandonment_id=recovery.abandonment_id,
        step=reservation.step,
    )
    await outbox.add(unit, RecordedEvent(sent, unit.company_id, recovery.id, version, unit.now))
