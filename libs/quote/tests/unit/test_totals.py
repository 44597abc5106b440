"""The sums a shopper sees, payments, and what a quote refuses (rules.md 1, 4, 26)."""

from dataclasses import replace

import pytest
from contracts.money import CurrencyMismatch
from contracts.ruleset import ENGINE_VERSION, SUPPORTED_ENGINE_VERSIONS, ShippingRule
from quote import (
    InvalidInput,
    LineInput,
    QuoteContext,
    Totals,
    UnsupportedEngine,
    compile_rule_set,
    engine_for,
    quote,
)

from .builders import DOLLARS, GERMANY, id_of, line, percent, quoted, rule_set, shipping, tax

MUG, SHIRT = line("mug", 999, 3), line("shirt", 2000)


def test_a_cart_with_everything_adds_up() -> None:
    """49.97 less 5.00, 19 % on each line (5.13 and 3.42), and shipping of 5.99 with 1.14 tax."""
    priced = quoted([SHIRT, MUG], percent("ten", 10), tax("VAT", "19"), shipping("post", 599), context=GERMANY)

    assert [item.id for item in priced.lines] == ["shirt", "mug"]
    assert [item.line_total for item in priced.lines] == [1800 + 342, 2697 + 512]
    assert priced.totals == Totals(
        item_count=4,
        subtotal=4997,
        discount_total=500,
        shipping_total=599 + 114,
        tax_total=342 + 512 + 114,
        gift_card_total=0,
        points_total=0,
        total=2142 + 3209 + 713,
    )


@pytest.mark.parametrize(
    ("gift_card", "points", "used"),
    [(500, 0, (500, 0, 1500)), (0, 500, (0, 500, 1500)), (1500, 900, (1500, 500, 0)), (9999, 9999, (2000, 0, 0))],
)
def test_gift_cards_and_points_pay_no_more_than_is_due(gift_card: int, points: int, used: tuple[int, int, int]) -> None:
    """They are taken after tax, cards first, and change no discount or tax (rules.md 26)."""
    totals = quoted([SHIRT], context=replace(DOLLARS, gift_card_amount=gift_card, points_amount=points)).totals

    assert (totals.gift_card_total, totals.points_total, totals.total) == used
    assert totals.discount_total == totals.tax_total == 0


@pytest.mark.parametrize(("currency", "price"), [("JPY", 1), ("USD", 1), ("KWD", 1), ("CLF", 1)])
def test_every_exponent_is_counted_in_its_own_minor_unit(currency: str, price: int) -> None:
    """Amounts are in the currency's smallest unit; nothing in a quote depends on the exponent (rules.md 1)."""
    rule = ShippingRule(id=id_of("post"), name="post", amounts={currency: 7})
    context = replace(GERMANY, currency=currency)

    assert quoted([line("pin", price, 100)], tax("VAT", "19"), rule, context=context).totals.total == 119 + 8


def test_an_empty_cart_is_a_quote_of_nothing() -> None:
    """It has no lines, and all totals are 0."""
    priced = quoted([], percent("ten", 10), tax("VAT", "19"), shipping("post", 599), context=GERMANY)

    assert priced.totals == Totals(0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("lines", [[MUG, MUG], [replace(MUG, quantity=0)], [replace(MUG, unit_price=-1)]])
def test_lines_that_no_cart_has_are_refused(lines: list[LineInput]) -> None:
    """A repeated id, no quantity, or a negative price is a mistake of the caller, not a price."""
    with pytest.raises(InvalidInput):
        quoted(lines)


@pytest.mark.parametrize("context", [replace(DOLLARS, gift_card_amount=-1), replace(DOLLARS, points_amount=-1)])
def test_a_negative_payment_is_refused(context: QuoteContext) -> None:
    """A payment never raises the total."""
    with pytest.raises(InvalidInput):
        quoted([MUG], context=context)


def test_a_rule_set_of_one_currency_prices_no_other() -> None:
    """One cart, one currency (rules.md 1)."""
    assert quoted([MUG], currency="USD").currency == "USD"
    with pytest.raises(CurrencyMismatch):
        quoted([MUG], currency="EUR")


def test_every_engine_here_is_priced_and_no_newer_one() -> None:
    """Cart and pricing can each be rolled back by one version alone (architecture.md); further is refused."""
    priced_by = {version: quoted([MUG], engine_version=version).engine_version for version in SUPPORTED_ENGINE_VERSIONS}
    assert priced_by == {3: 3, 2: 3, 1: 1}  # what engine 3 adds no rule set says: it prices those of 2 as 2 did

    for version in (ENGINE_VERSION + 1, ENGINE_VERSION + 2):
        with pytest.raises(UnsupportedEngine):
            compile_rule_set(rule_set(engine_version=version))


@pytest.mark.parametrize(
    ("named", "lowest", "priced_by"),
    [
        (ENGINE_VERSION, 1, ENGINE_VERSION),
        (ENGINE_VERSION + 1, ENGINE_VERSION, ENGINE_VERSION),
        (ENGINE_VERSION + 2, 1, ENGINE_VERSION),
        (ENGINE_VERSION + 2, ENGINE_VERSION + 1, None),
        (2, None, 3),
        (1, None, 1),
    ],
)
def test_a_rule_set_is_priced_by_the_newest_engine_that_it_allows(
    named: int, lowest: int | None, priced_by: int | None
) -> None:
    """Its own where that is here; else one that it says prices it alike."""
    rules = rule_set(engine_version=named, lowest_engine_version=lowest)

    assert engine_for(rules) == priced_by
    if priced_by is not None:
        context = QuoteContext(currency="USD", now=rules.published_at)
        assert quote([MUG], compile_rule_set(rules), context).engine_version == priced_by
