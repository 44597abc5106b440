"""Attributing an order to the recovery that brought it about (rules.md 31)."""

from contracts.cart import CartConverted
from contracts.envelope import Envelope, RecordedEvent
from contracts.recovery import CartRecovered
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from recovery.recoveries import attribution_repository
from recovery.recoveries.attribution_repository import Order
from recovery.recoveries.use_cases.stop_recovery import stop_recovery


async def stop_and_attribute(unit: TenantUnit, event: Envelope[CartConverted]) -> None:
    """Stop the ordered cart's recovery, and count the order as recovered or influenced, once."""
    await stop_recovery(unit, event, "converted")
    order = event.data
    success = await attribution_repository.credit(
        unit, Order(order.order_id, event.subject, order.restored_abandonment_id, order.totals.total, event.time)
    )
    if success is None:
        return
    recovered = CartRecovered(
        site_id=success.site_id,
        cart_id=success.cart_id,
        abandonment_id=success.abandonment_id,
        attribution=success.attribution,
        order_id=order.order_id,
        currency=order.currency,
        revenue=order.totals.total,
    )
    await outbox.add(unit, RecordedEvent(recovered, unit.company_id, success.recovery_id, success.version, event.time))
