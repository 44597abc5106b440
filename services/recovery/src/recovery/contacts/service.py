"""What happens when a shopper gives an address: kept with consent, forgotten without."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from contracts.cart import CartContactSet, CartMerged
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
    """Store the address sealed, and give the cart's open recovery its recipient, or take it away.

    Works before and after CartAbandoned, and ignores what is older than seen. An address that no mail can be sent to is
    a shopper's slip and nobody's fault to look into: it counts as none.
    """
    company_id, cart_id = event.companyid, event.subject
    contact = await _agreed(unit, event, vault)
    if await repository.keep(unit, company_id, cart_id, event.aggregateversion, contact):
        await recoveries.address(unit, company_id, cart_id, contact.recipient_hash if contact else None)
        await _carry(unit, company_id, cart_id, vault)


async def carry_contact(unit: Unit, event: Envelope[CartMerged], vault: Vault) -> None:
    """Let the shopper who signs in be reached about the cart that the guest's went into.

    Works whether the address came before or comes later; what was said about the other cart itself counts more.
    """
    await repository.follow_merge(unit, event.companyid, event.subject, event.data.into_cart_id)
    await _carry(unit, event.companyid, event.subject, vault)


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


async def _carry(unit: Unit, company_id: UUID, cart_id: UUID, vault: Vault) -> None:
    """Pass a contact on along the merges that are known; each cart has a seal of its own."""
    into = await repository.merged_into(unit, company_id, cart_id)
    contact = await repository.get(unit, company_id, cart_id) if into else None
    if into is None or contact is None:
        return
    sealed = vault.seal(vault.open(contact.address_sealed, company_id, cart_id), company_id, into)
    if await repository.carry(unit, company_id, into, replace(contact, address_sealed=sealed)):
        await recoveries.address(unit, company_id, into, contact.recipient_hash)
        await _carry(unit, company_id, into, vault)
