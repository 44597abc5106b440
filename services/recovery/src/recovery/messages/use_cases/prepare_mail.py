"""Preparing a due mail: every check at the time of sending, the reservation, and the mail itself (rules.md 28)."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.cart_calls import CartSnapshot
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from recovery.campaigns import repository as campaigns
from recovery.campaigns.domain import Campaign
from recovery.contacts.domain.contact import Contact
from recovery.contacts.persistence import repository as contacts
from recovery.mail.domain.mime import OutgoingMail
from recovery.mail.use_cases.write_mail import MailSubject, MailWriter
from recovery.messages import repository
from recovery.messages.domain import DueStep, wait_until
from recovery.messages.repository import Reservation
from recovery.recoveries import repository as recoveries
from recovery.recoveries.domain import Recovery, reason_to_stop
from recovery.sites import repository as sites
from recovery.sites.domain import Site

_SITE_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """A mail that this worker alone may send, once the transaction of its reservation has committed."""

    reservation: Reservation
    mail: OutgoingMail


async def prepare_mail(
    unit: TenantUnit, due: DueStep, cart: CartSnapshot | None, writer: MailWriter
) -> PreparedMail | None:
    """Reserve a due step's mail and write it, or stop or postpone the recovery and return None.

    `cart` is what cart answered a moment ago, None when it has no such cart any more. The caller commits before it
    hands the mail over: from then on nobody else ever sends it. Raises MailNotWritable; the caller rolls back.
    """
    checked = await _check(unit, due, cart)
    if checked is None or cart is None:
        return None
    subject, campaign = checked
    recovery, step = subject.recovery, subject.step
    reservation = Reservation(new_id(), recovery.id, step.position)
    mail = writer.write(subject, cart, reservation.id, unit.now)
    is_ours = await repository.reserve(unit, reservation, recovery, subject.contact.recipient_hash)
    await repository.advance(unit, recovery, campaign.due_after(step, recovery.abandoned_at, unit.now))
    return PreparedMail(reservation, mail) if is_ours else None


async def _check(unit: TenantUnit, due: DueStep, cart: CartSnapshot | None) -> tuple[MailSubject, Campaign] | None:
    """Check at the time of sending all that may stand against the mail; what does stops or postpones the recovery."""
    await campaigns.lock_to_schedule(unit)
    recovery = await repository.lock(unit, due)
    if recovery is None:
        return None
    if reason := reason_to_stop(recovery.abandonment_id, cart):
        await recoveries.stop(unit, recovery.id, reason)
        return None
    campaign = await campaigns.current(unit)
    contact = await contacts.get(unit, recovery.cart_id)
    step = campaign.step(due.step) if campaign and campaign.active else None
    if campaign is None or step is None or contact is None:
        await repository.postpone(unit, recovery.id, None)
        return None
    site = await sites.get(unit, recovery.site_id)
    if site is None:
        await repository.postpone(unit, recovery.id, unit.now + _SITE_WAIT)
        return None
    if not await _may_be_mailed(unit, recovery, contact, campaign, site):
        return None
    return MailSubject(recovery, site, step, contact), campaign


async def _may_be_mailed(
    unit: TenantUnit, recovery: Recovery, contact: Contact, campaign: Campaign, site: Site
) -> bool:
    """Check suppression, cap and quiet hours; no other mail to this recipient is reserved until the unit ends."""
    standing = await repository.standing(unit, contact.recipient_hash, campaign.daily_cap_per_recipient)
    if standing.suppressed:
        await recoveries.stop(unit, recovery.id, standing.suppressed)
        return False
    if until := wait_until(unit.now, standing, campaign, site.timezone):
        await repository.postpone(unit, recovery.id, until)
        return False
    return True
