"""When a promotion applies, and what is said when it does not (rules.md 21)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from contracts.ruleset import PromotionRule
from quote import QuoteContext, Reason, RejectedCode

from .builders import DOLLARS, NOW, amount_off, applied, id_of, line, percent, quoted, with_codes

MUG, SHIRT = line("mug", 1000, 3), line("shirt", 2000)
SECOND = timedelta(seconds=1)
SHOP = replace(DOLLARS, site_id=id_of("shop"))
TRADE = replace(DOLLARS, customer_groups=frozenset({"trade", "vip"}))
MUGS = [id_of("mug")]


@pytest.mark.parametrize(
    ("promotion", "context"),
    [
        (percent("CODE", 10, starts_at=NOW), DOLLARS),
        (percent("CODE", 10, ends_at=NOW + SECOND), DOLLARS),
        (percent("CODE", 10, site_ids=[id_of("shop"), id_of("other")]), SHOP),
        (percent("CODE", 10, currencies=["EUR", "USD"]), DOLLARS),
        (percent("CODE", 10, customer_groups=["vip"]), TRADE),
        (percent("CODE", 10, first_order_only=True), replace(DOLLARS, first_order=True)),
        (percent("CODE", 10, first_order_only=True), DOLLARS),
        (percent("CODE", 10, min_quantity=4), DOLLARS),
        (percent("CODE", 10, min_subtotal={"USD": 5000}), DOLLARS),
        (percent("CODE", 10, min_subtotal={"USD": 3000}, product_ids=MUGS), DOLLARS),
        (percent("CODE", 10, min_quantity=3, product_ids=MUGS), DOLLARS),
    ],
)
def test_a_promotion_applies_exactly_at_its_limits(promotion: PromotionRule, context: QuoteContext) -> None:
    """The first moment, the last second and the exact minimum all count."""
    priced = quoted([MUG, SHIRT], context=with_codes(promotion, context=context))

    assert priced.totals.discount_total > 0
    assert priced.rejected_codes == ()


@pytest.mark.parametrize(
    ("promotion", "context", "reason"),
    [
        (percent("CODE", 10, starts_at=NOW + SECOND), DOLLARS, Reason.NOT_STARTED),
        (percent("CODE", 10, ends_at=NOW), DOLLARS, Reason.ENDED),
        (percent("CODE", 10, site_ids=[id_of("other")]), SHOP, Reason.OTHER_SITE),
        (percent("CODE", 10, site_ids=[id_of("other")]), DOLLARS, Reason.OTHER_SITE),
        (percent("CODE", 10, currencies=["EUR"]), DOLLARS, Reason.OTHER_CURRENCY),
        (amount_off("CODE", 10, "EUR"), DOLLARS, Reason.OTHER_CURRENCY),
        (percent("CODE", 10, min_subtotal={"EUR": 10}), DOLLARS, Reason.OTHER_CURRENCY),
        (percent("CODE", 10, customer_groups=["staff"]), TRADE, Reason.OTHER_CUSTOMER_GROUP),
        (percent("CODE", 10, first_order_only=True), replace(DOLLARS, first_order=False), Reason.NOT_FIRST_ORDER),
        (percent("CODE", 10, product_ids=[id_of("hat")]), DOLLARS, Reason.NOTHING_COVERED),
        (percent("CODE", 10, min_quantity=5), DOLLARS, Reason.MIN_QUANTITY),
        (percent("CODE", 10, min_quantity=4, product_ids=MUGS), DOLLARS, Reason.MIN_QUANTITY),
        (percent("CODE", 10, min_subtotal={"USD": 5001}), DOLLARS, Reason.MIN_SUBTOTAL),
        (percent("CODE", 10, min_subtotal={"USD": 3001}, product_ids=MUGS), DOLLARS, Reason.MIN_SUBTOTAL),
    ],
)
def test_a_code_that_does_not_apply_says_why(promotion: PromotionRule, context: QuoteContext, reason: Reason) -> None:
    """One unit, one cent or one second short is short; the code stays on the cart as rejected."""
    priced = quoted([MUG, SHIRT], context=with_codes(promotion, context=context))

    assert priced.rejected_codes == (RejectedCode("CODE", reason),)
    assert priced.totals.discount_total == 0


def test_minimums_look_at_the_cart_before_discounts() -> None:
    """A discount in an earlier lane does not take a later one away (rules.md 4: subtotal is before discounts)."""
    cheaper_mugs = percent("cheaper mugs", 50, scope="PRODUCT", product_ids=MUGS)
    from_fifty = amount_off("from fifty", 500, min_subtotal={"USD": 5000})

    assert applied(quoted([MUG, SHIRT], cheaper_mugs, from_fifty)) == {"cheaper mugs": 1500, "from fifty": 500}


def test_nothing_applies_to_an_empty_cart() -> None:
    """A code put on an empty cart waits there, rejected."""
    priced = quoted([], context=with_codes(percent("CODE", 10)))

    assert priced.rejected_codes == (RejectedCode("CODE", Reason.NOTHING_COVERED),)
    assert priced.totals.total == 0


@pytest.mark.parametrize(
    ("promotion", "context", "pricing"),
    [
        (percent("CODE", 10), DOLLARS, "final"),
        (percent("CODE", 10, counts=True), DOLLARS, "estimated"),
        (percent("CODE", 10, first_order_only=True), DOLLARS, "estimated"),
        (percent("CODE", 10, first_order_only=True), replace(DOLLARS, first_order=True), "final"),
        (percent("CODE", 10, counts=True, min_quantity=99), DOLLARS, "final"),
    ],
)
def test_a_price_is_estimated_while_a_limit_may_still_change_it(
    promotion: PromotionRule, context: QuoteContext, pricing: str
) -> None:
    """Budgets, limits and unknown first orders are only decided at checkout; what does not apply does not matter."""
    assert quoted([MUG, SHIRT], context=with_codes(promotion, context=context)).pricing == pricing
