"""Claiming the right to send a mail, and writing down what became of it (rules.md 28)."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.cart_calls import CartSnapshot
from contracts.envelope import RecordedEvent
from contracts.recovery import RecoveryEmailSent
from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox

from recovery.campaigns import repository as campaigns
from recovery.campaigns.domain import Campaign, Step
from recovery.contacts import repository as contacts
from recovery.contacts.domain import Contact
from recovery.mail.letter import Letter
from recovery.mail.mailroom import Mailroom
from recovery.messages import repository
from recovery.messages.domain import DeliveryOutcome, Due, Outcome, backoff, wait_until
from recovery.messages.repository import Claim
from recovery.recoveries import repository as recoveries
from recovery.recoveries.domain import Recovery, reason_to_stop
from recovery.sites import repository as sites
from recovery.sites.domain import Site

TRIES_AT_A_LETTER = 8
"""How often a letter is tried to be written: for an hour and a half by the growing leases, time to mend a lost key."""
_SITE_WAIT = timedelta(seconds=30)
_SWITCH_WAIT = timedelta(minutes=1)
_STATUS = {DeliveryOutcome.ACCEPTED: "SENT", DeliveryOutcome.REFUSED: "FAILED", DeliveryOutcome.UNKNOWN: "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class Sendable:
    """All that a step's mail needs, checked in this transaction."""

    recovery: Recovery
    site: Site
    campaign: Campaign
    step: Step
    contact: Contact


async def claim(unit: Unit, due: Due, cart: CartSnapshot | None, mailroom: Mailroom) -> tuple[Claim, Letter] | None:
    """Take the right to send a due step and write its letter, or stop or postpone the recovery and return None.

    `cart` is what cart said a moment ago, None when it does not know the cart any more. The caller commits before it
    hands the letter over: from then on nobody else ever sends this mail. Raises Unwritable; the caller rolls back.
    """
    sendable = await _check(unit, due, cart)
    if sendable is None or cart is None:
        return None
    recovery, step = sendable.recovery, sendable.step
    taken = Claim(new_id(), due.company_id, recovery.id, step.position)
    letter = mailroom.write(recovery, sendable.site, step, sendable.contact, cart, taken.id, unit.now)
    is_ours = await repository.claim(unit, taken.id, recovery, sendable.contact.recipient_hash, step.position)
    following = sendable.campaign.due_after(step, recovery.abandoned_at, unit.now)
    await repository.advance(unit, recovery, following)
    return (taken, letter) if is_ours else None


async def settle(unit: Unit, claim: Claim, outcome: Outcome, due: Due) -> None:
    """Write down what became of a mail, and publish RecoveryEmailSent for one that was accepted; idempotent."""
    recovery = await recoveries.get(unit, claim.company_id, claim.recovery_id, lock=True)
    if recovery is None:
        return
    if outcome.fate is DeliveryOutcome.NOT_TAKEN:
        await repository.release(unit, claim, unit.now + backoff(due.postponed), due.postponed + 1)
        return
    accepted = outcome.fate is DeliveryOutcome.ACCEPTED
    provider_id, failure = (outcome.detail, None) if accepted else (None, outcome.detail)
    settled = await repository.settle(unit, claim, _STATUS[outcome.fate], provider_id=provider_id, failure=failure)
    if settled and accepted:
        await _publish_sent(unit, claim, recovery)


async def note_unwritable(unit: Unit, due: Due, reason: str) -> bool:
    """Count a try at a letter that could not be written; the last one makes the mail FAILED and the next step due.

    Returns whether the mail was given up.
    """
    recovery = await repository.lock(unit, due)
    if recovery is None or recovery.recipient_hash is None:
        return False
    if await repository.count_unwritten(unit, recovery) < TRIES_AT_A_LETTER:
        return False
    campaign = await campaigns.current(unit, due.company_id)
    step = campaign.step(due.step) if campaign else None
    following = campaign.due_after(step, recovery.abandoned_at, unit.now) if campaign and step else None
    failed = Claim(new_id(), due.company_id, recovery.id, due.step)
    await repository.claim(unit, failed.id, recovery, recovery.recipient_hash, due.step)
    await repository.settle(unit, failed, _STATUS[DeliveryOutcome.REFUSED], provider_id=None, failure=reason)
    await repository.advance(unit, recovery, following)
    return True


async def wait_for_cart(unit: Unit, due: Due) -> None:
    """Let the mail wait because cart cannot be asked."""
    await repository.postpone(
        unit, due.company_id, due.recovery_id, unit.now + backoff(due.postponed), due.postponed + 1
    )


async def wait_for_switch(unit: Unit, due: Due) -> None:
    """Let the mail wait because recovery is switched off for the company."""
    await repository.postpone(unit, due.company_id, due.recovery_id, unit.now + _SWITCH_WAIT)


async def _check(unit: Unit, due: Due, cart: CartSnapshot | None) -> Sendable | None:
    """Check at send time all that may stand against the mail; what does stops or postpones the recovery here."""
    recovery = await repository.lock(unit, due)
    if recovery is None:
        return None
    if reason := reason_to_stop(recovery.abandonment_id, cart):
        await recoveries.stop(unit, due.company_id, recovery.id, reason)
        return None
    campaign = await campaigns.current(unit, due.company_id)
    contact = await contacts.get(unit, due.company_id, recovery.cart_id)
    step = campaign.step(due.step) if campaign and campaign.active else None
    if campaign is None or step is None or contact is None:
        await repository.postpone(unit, due.company_id, recovery.id, None)
        return None
    site = await sites.get(unit, due.company_id, recovery.site_id)
    if site is None:
        await repository.postpone(unit, due.company_id, recovery.id, unit.now + _SITE_WAIT)
        return None
    if not await _may_be_written_to(unit, recovery, contact, campaign, site):
        return None
    return Sendable(recovery, site, campaign, step, contact)


async def _may_be_written_to(unit: Unit, recovery: Recovery, contact: Contact, campaign: Campaign, site: Site) -> bool:
    """Check suppression, cap and quiet hours; no other mail to this recipient is claimed until the unit ends."""
    company_id = recovery.company_id
    standing = await repository.standing(unit, company_id, contact.recipient_hash, campaign.daily_cap_per_recipient)
    if standing.suppressed:
        await recoveries.stop(unit, company_id, recovery.id, standing.suppressed)
        return False
    if until := wait_until(unit.now, standing, campaign, site.timezone):
        await repository.postpone(unit, company_id, recovery.id, until)
        return False
    return True


async def _publish_sent(unit: Unit, claim: Claim, recovery: Recovery) -> None:
    version = await recoveries.bump(unit, claim.company_id, claim.recovery_id)
    sent = RecoveryEmailSent(
        site_id=recovery.site_id,
        cart_id=recovery.cart_id,
        abandonment_id=recovery.abandonment_id,
        step=claim.step,
    )
    await outbox.add(unit, RecordedEvent(sent, claim.company_id, claim.recovery_id, version, unit.now))
