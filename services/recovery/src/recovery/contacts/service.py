"""What happens when a shopper gives an address: kept with consent, forgotten without."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from contracts.cart import CartContactSet, CartConverted, CartMerged
from contracts.envelope import Envelope
from servicekit.db import Unit

from recovery.contacts import repository
from recovery.contacts.domain import Contact, MalformedAddress, deliverable
from recovery.contacts.vault import Vault
from recovery.recoveries import repository as recoveries

RETENTION = timedelta(days=90)
"""How long an address is kept after it was given: as long as an abandoned cart (operations.md, CartCleanup)."""

log = structlog.get_logger(__name__)


async def keep_contact(unit: Unit, event: Envelope[CartContactSet], vault: Vault) -> None:
    """Store the address sealed, and give the cart's open recovery its recipient, or take it away; also its successors'.

    Works before and after CartAbandoned, and ignores what is older than seen. An address that no mail can be sent to is
    a shopper's slip and nobody's fault to look into: it counts as none.
    """
    company_id, cart_id = event.companyid, event.subject
    contact = await _agreed(unit, event, vault)
    await _keep(unit, company_id, cart_id, event.aggregateversion, contact, vault)


async def follow_merge(unit: Unit, event: Envelope[CartMerged], vault: Vault) -> None:
    """Let the shopper who signs in be reached about the cart that the guest's went into, or not, as they said.

    Works whether the address came before or comes later; what was said about the other cart itself counts more.
    """
    await _follow(unit, event.companyid, event.subject, event.data.into_cart_id, vault)


async def follow_order(unit: Unit, event: Envelope[CartConverted], vault: Vault) -> None:
    """Let the shopper be reached about what they did not order, which cart keeps in a new cart (rules.md 16).

    Works whether the address came before or comes later, and does nothing when all was ordered.
    """
    if remaining := event.data.remaining_cart_id:
        await _follow(unit, event.companyid, event.subject, remaining, vault)


async def _agreed(unit: Unit, event: Envelope[CartContactSet], vault: Vault) -> Contact | None:
    """Record what the shopper said; their contact, None without consent or a usable address."""
    company_id, cart_id, said = event.companyid, event.subject, event.data
    try:
        address = deliverable(said.email)
    except MalformedAddress:
        log.info("contact is of no use", company_id=company_id, cart_id=cart_id)
        return None
    recipient = vault.recipient(address, company_id)
    await repository.record_consent(unit, company_id, event.id, cart_id, recipient, said.consent, event.time)
    return Contact(recipient, vault.seal(address, company_id, cart_id), said.locale) if said.consent else None


async def _keep(
    unit: Unit, company_id: UUID, cart_id: UUID, version: int, contact: Contact | None, vault: Vault
) -> None:
    """Keep what is newer than known, and let the cart's recovery and the carts that come after it know."""
    if await repository.keep(unit, company_id, cart_id, version, contact):
        await recoveries.address(unit, company_id, cart_id, contact.recipient_hash if contact else None)
        await _pass_on(unit, company_id, cart_id, vault)


async def _follow(unit: Unit, company_id: UUID, cart_id: UUID, successor_cart_id: UUID, vault: Vault) -> None:
    await repository.follow(unit, company_id, cart_id, successor_cart_id)
    await _pass_on(unit, company_id, cart_id, vault)


async def _pass_on(unit: Unit, company_id: UUID, cart_id: UUID, vault: Vault) -> None:
    """Tell the carts that come after this one, as far as they are known, what was said: a yes as well as a no."""
    bequest = await repository.bequest(unit, company_id, cart_id)
    if bequest is None:
        return
    heir, contact = bequest.successor_cart_id, bequest.contact
    if contact:
        contact = _resealed(contact, company_id, cart_id, heir, vault)
    await _keep(unit, company_id, heir, repository.INHERITED, contact, vault)


def _resealed(contact: Contact, company_id: UUID, cart_id: UUID, heir: UUID, vault: Vault) -> Contact:
    """The contact of another cart: each has a seal of its own. Raises SealBroken."""
    address = vault.open(contact.address_sealed, company_id, cart_id)
    return replace(contact, address_sealed=vault.seal(address, company_id, heir))
