"""Which ways to ship are offered and charged, and the way to free shipping (rules.md 25)."""

from dataclasses import replace

import pytest
from contracts.ruleset import PromotionRule, ShippingRule
from quote import FreeShipping, Quote, QuoteContext, ShippingOption, compile_rule_set, shipping_options

from .builders import (
    DOLLARS,
    GERMANY,
    free_shipping,
    id_of,
    line,
    percent,
    quoted,
    rule_set,
    shipping,
    tax,
    with_codes,
)

MUG = line("mug", 1000)
POST = shipping("post", 599, free_over={"USD": 5000}, estimated_days=4)
EXPRESS = shipping("express", 1599, estimated_days=1)


def way(quote: Quote) -> tuple[str, int] | None:
    return None if quote.shipping is None else (quote.shipping.name, quote.shipping.charge)


def test_nothing_is_charged_before_anybody_knows_where_to() -> None:
    """Without an address or a default country a cart has no shipping."""
    assert way(quoted([MUG], POST, EXPRESS)) is None
    assert way(quoted([MUG], POST, EXPRESS, default_country="US")) == ("post", 599)


def test_an_empty_cart_is_not_shipped() -> None:
    """Nothing is charged for nothing."""
    assert way(quoted([], POST, context=GERMANY)) is None


def test_the_shopper_chooses_else_the_cheapest_is_taken() -> None:
    """A choice that is no longer offered falls back to the cheapest, which the quote names."""
    rules = (POST, EXPRESS)

    assert way(quoted([MUG], *rules, context=GERMANY)) == ("post", 599)
    assert way(quoted([MUG], *rules, context=replace(GERMANY, shipping_rule_id=EXPRESS.id))) == ("express", 1599)
    assert way(quoted([MUG], *rules, context=replace(GERMANY, shipping_rule_id=id_of("gone")))) == ("post", 599)


@pytest.mark.parametrize(
    ("rule", "context"),
    [
        (shipping("post", 599, countries=["FR", "US"]), GERMANY),
        (ShippingRule(id=id_of("post"), name="post", amounts={"EUR": 599}), GERMANY),
        (POST, replace(GERMANY, address_shipping_rules=())),
    ],
)
def test_a_way_that_is_not_offered_is_not_charged(rule: ShippingRule, context: QuoteContext) -> None:
    """Another country, another currency, or an address where pricing found nothing."""
    assert way(quoted([MUG], rule, context=context)) is None


def test_ways_found_for_an_address_replace_those_of_the_rule_set() -> None:
    """What pricing resolved is used as it is, even without a country."""
    assert way(quoted([MUG], POST, context=replace(DOLLARS, address_shipping_rules=(EXPRESS,)))) == ("express", 1599)


@pytest.mark.parametrize(("price", "charge"), [(4999, 599), (5000, 0), (5001, 0)])
def test_shipping_is_free_from_a_value_of_the_goods(price: int, charge: int) -> None:
    """The exact amount is enough."""
    assert way(quoted([line("mug", price)], POST, context=GERMANY)) == ("post", charge)


def test_the_value_of_the_goods_is_after_discounts() -> None:
    """10 % off 50.00 falls below free shipping."""
    assert way(quoted([line("mug", 5000)], POST, percent("ten", 10), context=GERMANY)) == ("post", 599)


FREE_FROM_30 = free_shipping("free from 30", min_subtotal={"USD": 3000})


@pytest.mark.parametrize(
    ("price", "rules", "progress"),
    [
        (1000, (), None),
        (1000, (EXPRESS,), None),
        (1000, (POST, EXPRESS), FreeShipping(4000, reached=False)),
        (1000, (POST, FREE_FROM_30), FreeShipping(2000, reached=False)),
        (1000, (FREE_FROM_30,), FreeShipping(2000, reached=False)),
        (3000, (POST, FREE_FROM_30), FreeShipping(0, reached=True)),
        (6000, (POST,), FreeShipping(0, reached=True)),
        (1000, (free_shipping("always"),), FreeShipping(0, reached=True)),
        (1000, (shipping("pick up", 0), EXPRESS), FreeShipping(0, reached=True)),
        (1000, (shipping("post", 599, free_over={"EUR": 1}),), None),
        (1000, (free_shipping("many", min_quantity=9),), None),
    ],
)
def test_progress_is_towards_the_nearest_way_to_free_shipping(
    price: int, rules: tuple[ShippingRule | PromotionRule, ...], progress: FreeShipping | None
) -> None:
    """It is known before the address is; what another amount cannot reach is no progress."""
    assert quoted([line("mug", price)], *rules).free_shipping == progress


def test_progress_of_an_empty_cart_is_the_whole_way() -> None:
    """An empty cart shows what there is to reach, from rules and from promotions."""
    assert quoted([], POST).free_shipping == FreeShipping(5000, reached=False)
    assert quoted([], FREE_FROM_30).free_shipping == FreeShipping(3000, reached=False)


def test_a_free_shipping_promotion_beaten_by_an_exclusive_one_is_no_progress() -> None:
    """It is not within reach by spending more."""
    priced = quoted([MUG], percent("alone", 10, exclusive=True), context=with_codes(free_shipping("SHIP")))

    assert priced.free_shipping is None


def test_options_are_priced_as_they_would_be_charged() -> None:
    """Each with promotions and tax, the cheapest first: 5.99 less 3.00 plus 0.57, 15.99 less 8.00 plus 1.52."""
    half = percent("half", 50, scope="SHIPPING")
    rules = compile_rule_set(rule_set(POST, EXPRESS, half, tax("VAT", "19")))

    assert shipping_options([MUG], rules, GERMANY) == (
        ShippingOption(POST.id, "post", 356, 4, free=False),
        ShippingOption(EXPRESS.id, "express", 951, 1, free=False),
    )
    assert shipping_options([line("sofa", 9000)], rules, GERMANY)[0].free
    assert shipping_options([MUG], rules, DOLLARS) == ()
    assert shipping_options([], rules, GERMANY) == ()
