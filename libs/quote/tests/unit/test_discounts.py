"""What one promotion takes off, and how it is spread (rules.md 2, 3, 21)."""

from typing import Any

import pytest
from contracts.ruleset import PromotionRule

from .builders import amount_off, applied, free_shipping, line, line_discounts, on, percent, quoted, shipping

MUG, SHIRT, GIFT = line("mug", 999, 3), line("shirt", 2000), line("gift", 0)


def test_a_percentage_of_the_cart_is_spread_by_largest_remainder() -> None:
    """10 % of 49.97 is 5.00: 2.9985 for the mugs and 2.0012 for the shirt, so the mugs get the odd cent."""
    priced = quoted([MUG, SHIRT], percent("ten", 10))

    assert applied(priced) == {"ten": 500}
    assert line_discounts(priced) == {"mug": 300, "shirt": 200}
    assert (priced.totals.subtotal, priced.totals.discount_total, priced.totals.total) == (4997, 500, 4497)


def test_a_tie_goes_to_the_line_with_the_smaller_id() -> None:
    """Three equal lines share 1.00 as 34, 33, 33 in the order of their ids, whatever order they are given in."""
    lines = [line("c", 500), line("a", 500), line("b", 500)]

    assert line_discounts(quoted(lines, amount_off("dollar", 100))) == {"c": 33, "a": 34, "b": 33}


def test_a_line_that_costs_nothing_gets_nothing() -> None:
    """A free gift takes no part of a discount (rules.md 3)."""
    assert line_discounts(quoted([GIFT, SHIRT], amount_off("five", 500))) == {"gift": 0, "shirt": 500}


def test_a_fixed_amount_never_exceeds_what_it_is_taken_from() -> None:
    """50 dollars off a cart of 20 make it free, not negative."""
    priced = quoted([SHIRT], amount_off("fifty", 5000))

    assert applied(priced) == {"fifty": 2000}
    assert priced.totals.total == 0


def test_a_fixed_amount_on_a_product_comes_off_every_unit() -> None:
    """2 dollars off a mug are 6 off three mugs, and at most the mug's price each."""
    assert line_discounts(quoted([MUG, SHIRT], amount_off("two", 200, **on("mug")))) == {"mug": 600, "shirt": 0}
    assert line_discounts(quoted([MUG, SHIRT], amount_off("ten", 1000, **on("mug")))) == {"mug": 2997, "shirt": 0}


def test_a_promotion_on_a_category_covers_its_lines_only() -> None:
    """A line is covered by any one of its categories."""
    lines = [line("mug", 1000, categories=("kitchen", "gifts")), line("shirt", 1000, categories=("clothes",))]

    priced = quoted(lines, percent("kitchen week", 20, scope="CATEGORY", category_ids=["kitchen", "garden"]))

    assert line_discounts(priced) == {"mug": 200, "shirt": 0}


def test_a_cart_promotion_may_be_confined_to_products() -> None:
    """Its amount comes off once, spread over the lines it names."""
    priced = quoted([MUG, SHIRT], amount_off("five off mugs", 500, product_ids=on("mug")["product_ids"]))

    assert line_discounts(priced) == {"mug": 500, "shirt": 0}


@pytest.mark.parametrize(
    ("promotion", "discount", "total"),
    [
        (free_shipping("free"), 799, 2000),
        (percent("half", 50, scope="SHIPPING"), 400, 2399),
        (amount_off("five", 500, scope="SHIPPING"), 500, 2299),
        (amount_off("ten", 1000, scope="SHIPPING"), 799, 2000),
    ],
)
def test_a_shipping_promotion_lowers_the_charge(promotion: PromotionRule, discount: int, total: int) -> None:
    """It is taken off shipping, at most all of it, and is no part of the discount on goods."""
    priced = quoted([SHIRT], promotion, shipping("post", 799), default_country="US")

    assert priced.shipping is not None
    assert (priced.shipping.charge, priced.shipping.discount) == (799, discount)
    assert (priced.totals.discount_total, priced.totals.total) == (0, total)
    assert applied(priced) == {promotion.name: discount}


@pytest.mark.parametrize(
    ("rounding", "discount"),
    [
        ({"rounding_mode": "HALF_EVEN"}, 2),
        ({"rounding_mode": "HALF_UP"}, 3),
        ({"rounding_mode": "HALF_DOWN"}, 2),
        ({"rounding_scope": "UNIT"}, 0),
        ({"rounding_scope": "UNIT", "rounding_mode": "HALF_UP"}, 5),
    ],
)
def test_half_a_cent_goes_as_the_company_rounds(rounding: dict[str, Any], discount: int) -> None:
    """10 % of five units at 5 cents is 2.5 cents by line, and 0.5 cents five times by unit (rules.md 2)."""
    priced = quoted([line("pin", 5, 5)], percent("ten", 10, **on("pin")), **rounding)

    assert priced.totals.discount_total == discount
