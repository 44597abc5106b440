"""What the cart's life means for its recovery."""

from typing import TypeVar

from contracts.cart import CartAbandoned, CartConverted, CartEvent, CartMerged
from contracts.envelope import Envelope, RecordedEvent
from contracts.recovery import CartRecovered
from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.inbox import is_newer

from recovery.campaigns import service as campaigns
from recovery.contacts import repository as contacts
from recovery.recoveries import attribution_repository, repository
from recovery.recoveries.attribution_repository import Order
from recovery.recoveries.domain import Attribution, StopReason

CartEventT = TypeVar("CartEventT", bound=CartEvent)

LIFECYCLE = "recovery.lifecycle"
"""The cursor that says which of a cart's changes of state was the last (messaging.md, "Consuming"); permanent."""


async def start(unit: Unit, event: Envelope[CartAbandoned], traceparent: str | None) -> None:
    """Begin a recovery, one per abandonment; its first step is due when there is a recipient.

    An abandonment that arrives after a later change of the cart's state begins nothing.
    """
    if not await _is_latest(unit, event):
        return
    company_id, cart_id = event.companyid, event.subject
    await repository.stop_of_cart(unit, company_id, cart_id, event.aggregateversion, "superseded")
    await campaigns.ensure_default(unit, company_id)
    contact = await contacts.get(unit, company_id, cart_id)
    if await repository.add(unit, event, new_id(), contact.recipient_hash if contact else None, traceparent):
        await repository.schedule(unit, company_id, cart_id)


async def stop(unit: Unit, event: Envelope[CartEventT], reason: StopReason) -> None:
    """Send nothing more about what was abandoned before this event; also when the abandonment arrives later."""
    await _is_latest(unit, event)
    await repository.stop_of_cart(unit, event.companyid, event.subject, event.aggregateversion, reason)


async def stop_merged(unit: Unit, event: Envelope[CartMerged]) -> None:
    """Stop the guest cart's recovery, and remember where its lines went."""
    await stop(unit, event, "merged")
    await repository.follow_merge(unit, event.companyid, event.subject, event.data.into_cart_id)


async def stop_and_attribute(unit: Unit, event: Envelope[CartConverted]) -> Attribution | None:
    """Stop the ordered cart's recovery, and count the order as recovered or influenced, once (rules.md 31)."""
    await stop(unit, event, "converted")
    order = event.data
    success = await attribution_repository.credit(
        unit,
        event.companyid,
        Order(order.order_id, event.subject, order.restored_abandonment_id, order.totals.total, event.time),
    )
    if success is None:
        return None
    recovered = CartRecovered(
        site_id=success.site_id,
        cart_id=success.cart_id,
        abandonment_id=success.abandonment_id,
        attribution=success.attribution,
        order_id=order.order_id,
        currency=order.currency,
        revenue=order.totals.total,
    )
    await outbox.add(unit, RecordedEvent(recovered, event.companyid, success.recovery_id, success.version, event.time))
    return success.attribution


async def _is_latest(unit: Unit, event: Envelope[CartEventT]) -> bool:
    return await is_newer(unit, consumer=LIFECYCLE, aggregate_id=event.subject, version=event.aggregateversion)
