"""What following a link of a mail does; looking changes nothing (rules.md 29)."""

from dataclasses import dataclass

from contracts.envelope import RecordedEvent
from contracts.recovery import RecoveryLinkClicked
from servicekit.db import Unit
from servicekit.messaging import outbox

from recovery.contacts import repository as contacts
from recovery.errors import RecoveryTokenInvalid400
from recovery.links import repository
from recovery.links.domain import Claims
from recovery.messages import repository as messages
from recovery.recoveries import repository as recoveries
from recovery.recoveries.domain import Recovery
from recovery.sites import repository as sites
from recovery.sites.domain import Site
from recovery.suppressions import service as suppressions


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `locale` is the language the shopper asked for, if they did."""

    recovery: Recovery
    site: Site
    locale: str | None


async def open_link(unit: Unit, claims: Claims) -> Opened:
    """The recovery behind a link, changing nothing. Raises RecoveryTokenInvalid400 when it is gone."""
    recovery = await recoveries.get(unit, claims.company_id, claims.recovery_id)
    site = await sites.get(unit, claims.company_id, recovery.site_id) if recovery else None
    if recovery is None or site is None:
        raise RecoveryTokenInvalid400
    contact = await contacts.get(unit, claims.company_id, recovery.cart_id)
    return Opened(recovery, site, contact.locale if contact else None)


async def click(unit: Unit, claims: Claims) -> bool:
    """Count a person's click: once per mail and day, and RecoveryLinkClicked once per mail; True when it is the first.

    Raises RecoveryTokenInvalid400 when the recovery is gone.
    """
    recovery = await recoveries.get(unit, claims.company_id, claims.recovery_id, lock=True)
    if recovery is None:
        raise RecoveryTokenInvalid400
    await repository.add_click(unit, claims.company_id, recovery.id, claims.step)
    if not await repository.mark_clicked(unit, claims.company_id, recovery.id, claims.step):
        return False
    version = await recoveries.bump(unit, claims.company_id, recovery.id)
    clicked = RecoveryLinkClicked(
        site_id=recovery.site_id, cart_id=recovery.cart_id, abandonment_id=recovery.abandonment_id, step=claims.step
    )
    await outbox.add(unit, RecordedEvent(clicked, claims.company_id, recovery.id, version, unit.now))
    return True


async def note_restored(unit: Unit, claims: Claims) -> bool:
    """Note that the cart came back through this link, a person's click as well; True when that is the first."""
    is_first_click = await click(unit, claims)
    await recoveries.mark_restored(unit, claims.company_id, claims.recovery_id)
    return is_first_click


async def unsubscribe(unit: Unit, claims: Claims) -> None:
    """Send this mail's recipient nothing more for any site of the company; at once, and again changes nothing.

    Raises RecoveryTokenInvalid400 when the mail is gone.
    """
    recipient = await messages.recipient_of(unit, claims.company_id, claims.recovery_id, claims.step)
    if recipient is None:
        raise RecoveryTokenInvalid400
    await suppressions.suppress(unit, claims.company_id, recipient, "unsubscribed")
