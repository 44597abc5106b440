"""Starting a recovery when a cart is abandoned (rules.md 27)."""

from contracts.cart import CartAbandoned
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from recovery.campaigns import service as campaigns
from recovery.campaigns.repository import lock_to_schedule
from recovery.contacts.persistence import repository as contacts
from recovery.recoveries import repository
from recovery.recoveries.use_cases.stop_recovery import is_latest


async def start_recovery(unit: TenantUnit, event: Envelope[CartAbandoned], traceparent: str | None) -> None:
    """Begin a recovery, one per abandonment; its first step is due when there is a recipient.

    An abandonment that arrives after a later change of the cart's state begins nothing.
    """
    cart_id = event.subject
    await lock_to_schedule(unit)
    await contacts.lock(unit, [cart_id])
    if not await is_latest(unit, event):
        return
    await repository.stop_of_cart(unit, cart_id, event.aggregateversion, "superseded")
    await campaigns.ensure_default(unit)
    contact = await contacts.get(unit, cart_id)
    if await repository.add(unit, event, new_id(), contact.recipient_hash if contact else None, traceparent):
        await repository.schedule(unit, cart_id)
