"""Keeping a shopper's address: stored with consent, deleted without, and passed on to the cart that comes after."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from contracts.cart import CartConverted, CartMerged
from contracts.envelope import Envelope
from servicekit.db import TenantUnit

from recovery.campaigns import repository as campaigns
from recovery.contacts.domain.contact import Contact, GivenContact, MalformedAddress, deliverable
from recovery.contacts.domain.vault import Vault
from recovery.contacts.persistence import erasing, repository
from recovery.recoveries import repository as recoveries

log = structlog.get_logger(__name__)


async def keep_contact(unit: TenantUnit, event: Envelope[Any], given: GivenContact, vault: Vault) -> None:
    """Store the address sealed, and set or remove the recipient of the cart's open recovery; also of its successors'.

    Works before and after CartAbandoned, and ignores what is older than stored. An address that no mail can be sent to
    is the shopper's typing error and no fault to look into: it counts as none. Of an erased customer's cart nothing is
    kept.
    """
    await campaigns.lock_to_schedule(unit)
    if await erasing.is_erased(unit, event.subject):
        return
    contact = await _consented(unit, event, given, vault)
    await _keep(unit, event.subject, event.aggregateversion, contact, vault)


async def follow_merge(unit: TenantUnit, event: Envelope[CartMerged], vault: Vault) -> None:
    """Pass the guest's contact, or its refusal, on to the cart that the guest's went into at sign-in.

    Works whether the address came before or comes later; a contact of the other cart's own counts more.
    """
    await _follow(unit, event.subject, event.data.into_cart_id, vault)


async def follow_order(unit: TenantUnit, event: Envelope[CartConverted], vault: Vault) -> None:
    """Pass the contact on to the new cart with what was not ordered (rules.md 16); nothing when all was ordered.

    Works whether the address came before or comes later.
    """
    if remaining := event.data.remaining_cart_id:
        await _follow(unit, event.subject, remaining, vault)


async def _consented(unit: TenantUnit, event: Envelope[Any], given: GivenContact, vault: Vault) -> Contact | None:
    """Record the shopper's consent or refusal; return the contact, None without consent or a usable address."""
    cart_id = event.subject
    try:
        address = deliverable(given.address)
    except MalformedAddress:
        log.info("contact_not_deliverable", company_id=unit.company_id, cart_id=cart_id)
        return None
    recipient = vault.recipient(address, unit.company_id)
    await repository.record_consent(unit, event.id, cart_id, recipient, given.consent, event.time)
    return Contact(recipient, vault.seal(address, unit.company_id, cart_id), given.locale) if given.consent else None


async def _keep(unit: TenantUnit, cart_id: UUID, version: int, contact: Contact | None, vault: Vault) -> None:
    """Store what is newer than stored, set the recipient of the cart's recovery, and pass it on."""
    await repository.lock(unit, [cart_id])
    if await repository.keep(unit, cart_id, version, contact):
        await recoveries.set_recipient(unit, cart_id, contact.recipient_hash if contact else None)
        await _pass_on(unit, cart_id, vault)


async def _follow(unit: TenantUnit, cart_id: UUID, successor_cart_id: UUID, vault: Vault) -> None:
    await campaigns.lock_to_schedule(unit)
    await repository.follow(unit, cart_id, successor_cart_id)
    await _pass_on(unit, cart_id, vault)


async def _pass_on(unit: TenantUnit, cart_id: UUID, vault: Vault) -> None:
    """Give the contact or the refusal to the cart that comes after this one, if there is one, and on from there."""
    passed_on = await repository.passed_on(unit, cart_id)
    if passed_on is None:
        return
    successor, contact = passed_on.successor_cart_id, passed_on.contact
    if contact:
        contact = _resealed(contact, unit.company_id, cart_id, successor, vault)
    await _keep(unit, successor, repository.INHERITED, contact, vault)


def _resealed(contact: Contact, company_id: UUID, cart_id: UUID, successor_cart_id: UUID, vault: Vault) -> Contact:
    """The contact of another cart: each has a seal of its own. Raises SealBroken."""
    address = vault.unseal(contact.address_sealed, company_id, cart_id)
    return replace(contact, address_sealed=vault.seal(address, company_id, successor_cart_id))
