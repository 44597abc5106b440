"""What a converted cart used of a company's promotions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart import AppliedDiscount
from contracts.envelope import RecordedEvent
from contracts.money import MinorUnits
from contracts.pricing import PromotionRedeemed


@dataclass(frozen=True, slots=True)
class Usage:
    """One promotion used by one cart; `amount` in minor units of the cart's currency, over all its lines."""

    id: UUID
    promotion_id: UUID
    amount: MinorUnits


def amounts_by_promotion(discounts: Iterable[AppliedDiscount]) -> dict[UUID, int]:
    """What each promotion took off; one that appears twice is used once, with its sum."""
    amounts: dict[UUID, int] = {}
    for discount in discounts:
        amounts[discount.promotion_id] = amounts.get(discount.promotion_id, 0) + discount.amount
    return amounts


def redeemed(
    usage: Usage, *, company_id: UUID, cart_id: UUID, order_id: str, currency: str, at: datetime
) -> RecordedEvent[PromotionRedeemed]:
    """PromotionRedeemed for a recorded usage; a usage never changes, so its version is 1."""
    event = PromotionRedeemed(
        promotion_id=usage.promotion_id, cart_id=cart_id, order_id=order_id, currency=currency, amount=usage.amount
    )
    return RecordedEvent(event, company_id=company_id, aggregate_id=usage.id, version=1, occurred_at=at)
