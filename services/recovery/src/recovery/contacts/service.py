"""What happens when a shopper gives an address: kept with consent, forgotten without."""

from datetime import timedelta

from contracts.cart import CartContactSet
from contracts.envelope import Envelope
from servicekit.db import Unit
from servicekit.subscriptions import Unprocessable

from recovery.contacts import repository
from recovery.contacts.domain import Contact, MalformedAddress, deliverable
from recovery.contacts.vault import Vault
from recovery.recoveries import repository as recoveries

RETENTION = timedelta(days=90)
"""How long an address is kept after it was given: as long as an abandoned cart (operations.md, CartCleanup)."""


async def keep_contact(unit: Unit, event: Envelope[CartContactSet], vault: Vault) -> None:
    """Store the address sealed, and give the cart's open recovery its recipient, or take it away.

    Works before and after CartAbandoned, and ignores what is older than seen. Raises Unprocessable, which repeats
    nothing of the address, for one that no mail can be sent to.
    """
    company_id, cart_id, said = event.companyid, event.subject, event.data
    try:
        address = deliverable(said.email)
    except MalformedAddress as malformed:
        raise Unprocessable(str(malformed)) from None
    recipient = vault.recipient(address, company_id)
    await repository.record_consent(unit, company_id, event.id, cart_id, recipient, said.consent, event.time)
    sealed = vault.seal(address, company_id, cart_id)
    contact = Contact(recipient, sealed, said.locale) if said.consent else None
    if await repository.keep(unit, company_id, cart_id, event.aggregateversion, contact):
        await recoveries.address(unit, company_id, cart_id, contact.recipient_hash if contact else None)
