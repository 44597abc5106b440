"""Whether a promotion may apply at all, and to which lines (rules.md 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quote.basket import Basket
from quote.inputs import QuoteContext
from quote.promotion import CompiledPromotion
from quote.result import Reason


@dataclass(slots=True)
class Verdict:
    """A promotion judged: `covered` are indices into the basket; `reason` is why it may not apply, None when it may."""

    promotion: CompiledPromotion
    covered: Sequence[int]
    reason: Reason | None


def judge(promotion: CompiledPromotion, covered: Sequence[int], basket: Basket, context: QuoteContext) -> Verdict:
    """Decide on one promotion, which covers these lines.

    MIN_SUBTOTAL is said last: with it, spending more is all that is missing.
    """
    if not promotion.unconditional:
        reason = _refused_by_time(promotion, context.now) or _refused_by_shopper(promotion, context)
        if reason is not None:
            return Verdict(promotion, (), reason)
    return Verdict(promotion, covered, _refused_by_lines(promotion, covered, basket, context.currency))


def _refused_by_time(promotion: CompiledPromotion, now: datetime) -> Reason | None:
    if promotion.starts_at is not None and now < promotion.starts_at:
        return Reason.NOT_STARTED
    return Reason.ENDED if promotion.ends_at is not None and now >= promotion.ends_at else None


def _refused_by_shopper(promotion: CompiledPromotion, context: QuoteContext) -> Reason | None:
    if promotion.sites and context.site_id not in promotion.sites:
        return Reason.OTHER_SITE
    if _is_for_other_currencies(promotion, context.currency):
        return Reason.OTHER_CURRENCY
    if promotion.groups and promotion.groups.isdisjoint(context.customer_groups):
        return Reason.OTHER_CUSTOMER_GROUP
    if promotion.first_order_only and context.first_order is False:
        return Reason.NOT_FIRST_ORDER
    return None


def _is_for_other_currencies(promotion: CompiledPromotion, currency: str) -> bool:
    """The currency is not among those it is for, or those it has an amount or a minimum in."""
    return bool(
        (promotion.currencies and currency not in promotion.currencies)
        or (promotion.amounts and currency not in promotion.amounts)
        or (promotion.min_subtotal and currency not in promotion.min_subtotal)
    )


def _refused_by_lines(
    promotion: CompiledPromotion, covered: Sequence[int], basket: Basket, currency: str
) -> Reason | None:
    if not covered and not promotion.covers_all:
        return Reason.NOTHING_COVERED
    if promotion.min_quantity and _covered_quantity(covered, basket) < promotion.min_quantity:
        return Reason.MIN_QUANTITY
    if promotion.min_subtotal and covered_subtotal(covered, basket) < promotion.min_subtotal[currency]:
        return Reason.MIN_SUBTOTAL
    return None if covered else Reason.NOTHING_COVERED


def covered_subtotal(covered: Sequence[int], basket: Basket) -> int:
    """The covered lines before discounts."""
    return basket.subtotal if covered is basket.everything else sum([basket.subtotals[index] for index in covered])


def _covered_quantity(covered: Sequence[int], basket: Basket) -> int:
    return basket.quantity if covered is basket.everything else sum([basket.lines[index].quantity for index in covered])
