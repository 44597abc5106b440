"""Counting what conversions used."""

from contracts.cart import CartConverted
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from pricing.promotions import repository as promotions
from pricing.rule_sets.service import publish
from pricing.usages import repository
from pricing.usages.domain import amounts_by_promotion, redeemed


async def redeem_promotions(unit: TenantUnit, event: Envelope[CartConverted]) -> None:
    """Record the promotions that a converted cart used, once per cart; publish new rules when one is used up by it."""
    sale = event.data
    usages = await repository.record(
        unit,
        amounts_by_promotion(sale.discounts),
        cart_id=event.subject,
        order_id=sale.order_id,
        currency=sale.currency,
        at=event.time,
    )
    if not usages:
        return
    used_up = await promotions.count_uses(unit, [usage.promotion_id for usage in usages])
    events = (
        redeemed(
            usage,
            company_id=event.companyid,
            cart_id=event.subject,
            order_id=sale.order_id,
            currency=sale.currency,
            at=event.time,
        )
        for usage in usages
    )
    await outbox.add(unit, *events)
    if used_up:
        await publish(unit)
