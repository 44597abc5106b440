"""How far away free shipping is."""

from collections.abc import Iterator

from quote.eligibility import covered_subtotal
from quote.priced import Priced
from quote.result import FreeShipping, Reason


def free_shipping_progress(priced: Priced) -> FreeShipping | None:
    """What is missing until the nearest rule or promotion makes shipping free; None where none could.

    Rules look at the goods after discounts, promotions at the lines they cover before discounts.
    """
    gaps = [*_gaps_of_rules(priced), *_gaps_of_promotions(priced)]
    if not gaps:
        return None
    remaining = max(0, min(gaps))
    return FreeShipping(remaining, reached=remaining == 0)


def _gaps_of_rules(priced: Priced) -> Iterator[int]:
    currency, goods = priced.context.currency, sum(priced.deal.values)
    for rule in priced.offered:
        if rule.amounts[currency] == 0:
            yield 0
        elif currency in rule.free_over:
            yield rule.free_over[currency] - goods


def _gaps_of_promotions(priced: Priced) -> Iterator[int]:
    for taking in priced.deal.takings:
        if taking.promotion.free_shipping:
            yield 0
    for verdict in priced.verdicts:
        if verdict.reason is Reason.MIN_SUBTOTAL and verdict.promotion.free_shipping:
            yield verdict.promotion.min_subtotal[priced.context.currency] - covered_subtotal(
                verdict.covered, priced.basket
            )
