"""A quote that does not add up is caught, whatever is wrong with it (rules.md 4)."""

from dataclasses import fields, replace
from typing import Any, TypeVar

import pytest
from quote import (
    AppliedDiscount,
    InvariantViolation,
    Quote,
    QuoteLine,
    ShippingCharge,
    TaxAmount,
    Totals,
    check,
)

from .builders import GERMANY, free_shipping, line, percent, quoted, shipping, tax, with_codes

Part = TypeVar("Part", Totals, QuoteLine, ShippingCharge, AppliedDiscount, TaxAmount)
GIFT_CARD = replace(GERMANY, gift_card_amount=100, points_amount=100)


def whole(*, inclusive: bool = False) -> Quote:
    """A quote that has everything a quote can have."""
    return quoted(
        [line("mug", 999, 3), line("shirt", 2000)],
        percent("ten", 10),
        tax("VAT", "19"),
        shipping("post", 599),
        context=with_codes(percent("SHIP", 50, scope="SHIPPING"), context=GIFT_CARD),
        tax_inclusive=inclusive,
    )


def a_cent_more(part: Part, field: str) -> Part:
    """The same part of a quote with one amount that is 1 too large."""
    change: dict[str, Any] = {field: getattr(part, field) + 1}
    return replace(part, **change)


@pytest.mark.parametrize("inclusive", [False, True])
def test_a_whole_quote_passes(inclusive: bool) -> None:
    """With taxes on top and with taxes contained."""
    check(whole(inclusive=inclusive))


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("field", [field.name for field in fields(Totals)])
def test_any_total_that_is_a_cent_off_is_caught(field: str, inclusive: bool) -> None:
    """Each of the totals is held by at least one sum."""
    quote = whole(inclusive=inclusive)
    wrong = a_cent_more(quote.totals, field)

    with pytest.raises(InvariantViolation):
        check(replace(quote, totals=wrong))


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("field", [field.name for field in fields(QuoteLine) if field.name != "id"])
def test_any_amount_of_a_line_that_is_a_cent_off_is_caught(field: str, inclusive: bool) -> None:
    """Lines are held by their own arithmetic and by the totals."""
    quote = whole(inclusive=inclusive)
    wrong = a_cent_more(quote.lines[0], field)

    with pytest.raises(InvariantViolation):
        check(replace(quote, lines=(wrong, *quote.lines[1:])))


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("field", ["charge", "discount", "tax", "total", "exempted_tax"])
def test_any_amount_of_shipping_that_is_a_cent_off_is_caught(field: str, inclusive: bool) -> None:
    """So is shipping."""
    quote = whole(inclusive=inclusive)
    assert quote.shipping is not None
    wrong = a_cent_more(quote.shipping, field)

    with pytest.raises(InvariantViolation):
        check(replace(quote, shipping=wrong))


def test_a_discount_or_tax_that_is_a_cent_off_is_caught() -> None:
    """What is listed sums up to what is charged."""
    quote = whole()

    for wrong in (
        replace(quote, discounts=(a_cent_more(quote.discounts[0], "amount"), *quote.discounts[1:])),
        replace(quote, discounts=(*quote.discounts[:-1], a_cent_more(quote.discounts[-1], "amount"))),
        replace(quote, taxes=(a_cent_more(quote.taxes[0], "amount"),)),
    ):
        with pytest.raises(InvariantViolation):
            check(wrong)


def test_a_discount_above_the_value_is_caught_even_when_the_sums_agree() -> None:
    """A line that pays the shopper adds up, and is wrong all the same."""
    quote = quoted([line("mug", 1000)], percent("all", 100))
    wrong = replace(quote.lines[0], line_discount=1001, line_total=-1)
    totals = replace(quote.totals, discount_total=1001, total=-1)
    discounts = (replace(quote.discounts[0], amount=1001),)

    with pytest.raises(InvariantViolation) as caught:
        check(replace(quote, lines=(wrong,), totals=totals, discounts=discounts))

    assert caught.value.violations == (
        "line mug: discount is negative or above the line's value",
        "line mug: a negative amount",
        "a total is negative",
    )


def test_shipping_that_pays_the_shopper_is_caught_even_when_the_sums_agree() -> None:
    """A discount above the charge is named by itself."""
    quote = quoted([line("mug", 1000)], free_shipping("free"), shipping("post", 599), context=GERMANY)
    assert quote.shipping is not None
    wrong = replace(quote.shipping, discount=600, total=-1)
    totals = replace(quote.totals, shipping_total=-1, total=999)
    discounts = (replace(quote.discounts[0], amount=600),)

    with pytest.raises(InvariantViolation, match="above the charge"):
        check(replace(quote, shipping=wrong, totals=totals, discounts=discounts))


def test_a_tax_below_zero_is_caught_even_when_the_sums_agree() -> None:
    """Two rates that cancel out leave a right total and a wrong report."""
    quote = quoted([line("mug", 1000)], tax("VAT", "0"), tax("duty", "0"), context=GERMANY)
    first, second = quote.taxes

    with pytest.raises(InvariantViolation, match="discount or tax is negative"):
        check(replace(quote, taxes=(replace(first, amount=1), replace(second, amount=-1))))
