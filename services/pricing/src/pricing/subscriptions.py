"""What pricing learns from the other services."""

from contracts.cart import CartConverted
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

from pricing.usages import service

subscriptions = Subscriptions[None]("pricing")
answer_erasures(subscriptions)


@subscriptions.on(CartConverted, name="pricing.redeem_promotions", queue="carts")
async def redeem_promotions(event: Envelope[CartConverted], unit: TenantUnit) -> None:
    """Count the promotions that the sale used, once per cart (rules.md 23)."""
    await service.redeem_promotions(unit, event)
