"""What recovery does on other services' events."""

from contracts.cart import (
    CartAbandoned,
    CartContactSet,
    CartContactSetV1,
    CartConverted,
    CartExpired,
    CartMerged,
    CartReactivated,
    SiteChanged,
    contact_context,
)
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

from recovery.campaigns import service as campaigns
from recovery.contacts.domain.contact import GivenContact
from recovery.contacts.use_cases import keep_contact as contacts
from recovery.contacts.use_cases.erase_recipients import erase_recipients
from recovery.messages.use_cases.mail_trace import traceparent
from recovery.parts import Parts
from recovery.recoveries.use_cases import attribute_order, start_recovery, stop_recovery
from recovery.sites import repository as sites

subscriptions = Subscriptions[Parts]("recovery")
answer_erasures(subscriptions, erase_recipients)


@subscriptions.on(SiteChanged, name="recovery.keep_site", queue="sites")
async def keep_site(event: Envelope[SiteChanged], unit: TenantUnit) -> None:
    """Keep the replica of the site; a company seen for the first time gets the default campaign."""
    await sites.keep(unit, event)
    await campaigns.ensure_default(unit)


@subscriptions.on(CartContactSet, name="recovery.keep_contact", queue="contacts")
async def keep_contact(event: Envelope[CartContactSet], unit: TenantUnit) -> None:
    """Keep the shopper's address, sealed again with a key of our own, while there is consent; may raise SealBroken."""
    sealer, given = subscriptions.parts.contact_sealer, event.data
    address = sealer.unseal_text(given.address_sealed, contact_context(unit.company_id))
    await contacts.keep_contact(
        unit, event, GivenContact(address, given.consent, given.locale), subscriptions.parts.vault
    )


@subscriptions.on(CartContactSetV1, name="recovery.keep_readable_contact", queue="contacts")
async def keep_readable_contact(event: Envelope[CartContactSetV1], unit: TenantUnit) -> None:
    """Keep the address that a cart of before published."""
    given = GivenContact(event.data.email, event.data.consent, event.data.locale)
    await contacts.keep_contact(unit, event, given, subscriptions.parts.vault)


@subscriptions.on(CartMerged, name="recovery.carry_contact", queue="contacts")
async def carry_contact_of_merged_cart(event: Envelope[CartMerged], unit: TenantUnit) -> None:
    """Keep the guest's address with the cart that the guest's went into at sign-in."""
    await contacts.follow_merge(unit, event, subscriptions.parts.vault)


@subscriptions.on(CartConverted, name="recovery.carry_contact_to_remaining", queue="contacts")
async def carry_contact_to_remaining_cart(event: Envelope[CartConverted], unit: TenantUnit) -> None:
    """Keep the shopper's address with the cart that has what they did not order."""
    await contacts.follow_order(unit, event, subscriptions.parts.vault)


@subscriptions.on(CartAbandoned, name="recovery.start", queue="carts")
async def start_recovery_of_abandoned_cart(event: Envelope[CartAbandoned], unit: TenantUnit) -> None:
    """Begin the sequence of mails."""
    await start_recovery.start_recovery(unit, event, traceparent())


@subscriptions.on(CartReactivated, name="recovery.stop_reactivated", queue="carts")
async def stop_recovery_of_reactivated_cart(event: Envelope[CartReactivated], unit: TenantUnit) -> None:
    """Send nothing more: the shopper is back."""
    await stop_recovery.stop_recovery(unit, event, "reactivated")


@subscriptions.on(CartMerged, name="recovery.stop_merged", queue="carts")
async def stop_recovery_of_merged_cart(event: Envelope[CartMerged], unit: TenantUnit) -> None:
    """Send nothing more: the lines are in another cart, which is remembered for attribution."""
    await stop_recovery.stop_merged(unit, event)


@subscriptions.on(CartExpired, name="recovery.stop_expired", queue="carts")
async def stop_recovery_of_expired_cart(event: Envelope[CartExpired], unit: TenantUnit) -> None:
    """Send nothing more: the cart is gone."""
    await stop_recovery.stop_recovery(unit, event, "expired")


@subscriptions.on(CartConverted, name="recovery.stop_converted", queue="carts")
async def stop_recovery_of_converted_cart(event: Envelope[CartConverted], unit: TenantUnit) -> None:
    """Send nothing more, and count the order as recovered or influenced."""
    await attribute_order.stop_and_attribute(unit, event)
