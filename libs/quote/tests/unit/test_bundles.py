"""A bundle's lines cost what the bundle does, to the cent, and everything else comes after that (rules.md 2-5)."""

from dataclasses import astuple, replace
from typing import Any

import pytest
from contracts.money import RoundingMode
from contracts.ruleset import RuleSet
from hypothesis import given
from hypothesis import strategies as st
from quote import (
    BundleInput,
    InvalidInput,
    LineInput,
    Quote,
    QuoteContext,
    Reason,
    StepKind,
    compile_rule_set,
    explain,
    quote,
    record_inputs,
    replay,
)

from .builders import (
    DOLLARS,
    GERMANY,
    Rule,
    amount_off,
    applied,
    id_of,
    line,
    line_discounts,
    percent,
    quoted,
    rule_set,
    tax,
    with_codes,
)
from .strategies import bundled_carts, contexts, rule_sets

POT, CUPS = line("pot", 3000), line("cups", 500, 2)


def bundle(name: str = "tea", quantity: int = 1, **fields: Any) -> BundleInput:
    """A bundle of which an id follows from its name."""
    return BundleInput(name, id_of(name), name, quantity, **fields)


def together(*lines: LineInput, name: str = "tea", times: int = 1) -> list[LineInput]:
    """These lines in one bundle, which is so often in the cart."""
    return [replace(one, bundle=name, quantity=one.quantity * times) for one in lines]


def tea(price: int, *rules: Rule, times: int = 1, context: QuoteContext = DOLLARS, **fields: Any) -> Quote:
    """A pot and two cups for this price."""
    within = replace(context, bundles=(bundle(quantity=times, price=price),))
    return quoted(together(POT, CUPS, times=times), *rules, context=within, **fields)


def test_a_bundle_costs_its_price() -> None:
    """40.00 by themselves, 35.01 together; what is off is spread over the lines by their value."""
    priced = tea(3501)

    assert (priced.totals.subtotal, priced.totals.discount_total, priced.totals.total) == (4000, 499, 3501)
    assert line_discounts(priced) == {"pot": 374, "cups": 125}
    assert [(one.subtotal, one.discount, one.quantity) for one in priced.bundles] == [(4000, 499, 1)]


def test_three_of_it_cost_three_times_as_much() -> None:
    """On each line too: what one bundle more or less costs does not depend on how many there are."""
    assert line_discounts(tea(3501, times=3)) == {"pot": 3 * 374, "cups": 3 * 125}


def test_a_part_off_is_rounded_once_for_one_bundle() -> None:
    """12.5 % of 9.99 is 1.24875: 1.25 off each."""
    within = replace(DOLLARS, bundles=(bundle(quantity=3, basis_points=1250),))
    lines = together(line("book", 333, 2), line("pen", 333), times=3)

    priced = quoted(lines, context=within)

    assert priced.totals.discount_total == 3 * 125


def test_a_bundle_never_costs_more_than_its_lines_by_themselves() -> None:
    """The catalogue's prices fell below the bundle's: nothing is taken off, and the explanation says so."""
    within = replace(DOLLARS, bundles=(bundle(price=9000),))

    explanation = explain(together(POT, CUPS), compile_rule_set(rule_set()), within)

    assert explanation.quote.totals.total == 4000
    assert [(step.kind, step.reason) for step in explanation.steps if step.kind is StepKind.BUNDLE] == [
        (StepKind.BUNDLE, Reason.NO_EFFECT)
    ]


def test_percentages_codes_and_tax_come_after_it() -> None:
    """35.00, less 10 %, less 5.00 by a code: 26.50, with 20 % on top."""
    context = with_codes(amount_off("FIVE", 500, lane=1), context=GERMANY)

    priced = tea(3500, percent("ten", 10), tax("VAT", "20"), context=context)

    assert applied(priced) == {"ten": 350, "FIVE": 500}
    assert (priced.totals.discount_total, priced.totals.tax_total, priced.totals.total) == (1350, 530, 3180)


def test_an_exclusive_promotion_stands_beside_it() -> None:
    """A bundle's price is what its lines cost, not a promotion that others cancel."""
    assert tea(3500, percent("half", 50, exclusive=True)).totals.total == 1750


def test_each_line_of_it_has_its_own_tax() -> None:
    """Books at 7 %, the rest at 19 %, of what the bundle leaves of each."""
    lines = together(line("book", 1000, tax="book"), line("mug", 1000))
    within = replace(GERMANY, bundles=(bundle(price=1500),))

    priced = quoted(lines, tax("VAT", "19"), tax("reduced", "7", category="book"), context=within)

    assert {one.id: one.line_tax for one in priced.lines} == {"book": 52, "mug": 142}


def test_its_step_stands_between_prices_and_promotions() -> None:
    """Each line of it, with the bundle's id and title."""
    within = replace(DOLLARS, bundles=(bundle(price=3500),))

    steps = explain(together(POT, CUPS), compile_rule_set(rule_set(percent("ten", 10))), within).steps

    assert [(step.kind.value, step.target, step.before, step.after) for step in steps] == [
        ("PRICE", "cups", 0, 1000),
        ("PRICE", "pot", 0, 3000),
        ("BUNDLE", "cups", 1000, 875),
        ("BUNDLE", "pot", 3000, 2625),
        ("PROMOTION", "cups", 875, 787),
        ("PROMOTION", "pot", 2625, 2363),
    ]
    assert {(step.rule_id, step.name) for step in steps if step.kind is StepKind.BUNDLE} == {(id_of("tea"), "tea")}


def test_a_rule_set_of_before_prices_bundles_and_its_quotes_replay_without() -> None:
    """Engine 3 prices the rules of engine 2 as that did; what was recorded by engine 2 stays engine 2's."""
    within = replace(DOLLARS, bundles=(bundle(price=3500),))
    before = rule_set(percent("ten", 10), engine_version=2)

    now = quote(together(POT, CUPS), compile_rule_set(before), within)
    then = replay(record_inputs(together(POT, CUPS), before, within))

    assert (now.engine_version, now.totals.total) == (3, 3150)
    assert (then.engine_version, then.totals.total, then.bundles) == (2, 3600, ())


def test_engine_1_rules_are_priced_by_engine_1() -> None:
    """Which took no bundle off: such a cart pays what its lines cost by themselves."""
    assert tea(3500, engine_version=1).totals.total == 4000


@pytest.mark.parametrize(
    ("lines", "bundles"),
    [
        (together(POT, CUPS, name="other"), (bundle(price=1),)),
        ([POT], (bundle(price=1),)),
        (together(POT, times=3), (bundle(quantity=2, price=1),)),
        (together(POT), (bundle(price=1), bundle(price=2))),
        (together(POT), (bundle(quantity=0, price=1),)),
        (together(POT), (bundle(price=-1),)),
        (together(POT), (bundle(basis_points=10_001),)),
        (together(POT), (bundle(price=1.5),)),
    ],
)
def test_a_bundle_that_does_not_fit_its_lines_is_refused(
    lines: list[LineInput], bundles: tuple[BundleInput, ...]
) -> None:
    """Unknown, empty, in parts, twice, none, negative, above the whole, or a float."""
    with pytest.raises(InvalidInput):
        quoted(lines, context=replace(DOLLARS, bundles=bundles))


@given(bundled_carts(), rule_sets(), contexts())
def test_whatever_else_applies_the_parts_add_up(
    cart: tuple[list[LineInput], tuple[BundleInput, ...]], rules: RuleSet, context: QuoteContext
) -> None:
    """Invariants hold in every quote; the bundles and promotions account for all that is off, and it replays."""
    lines, bundles = cart
    explanation = explain(lines, compile_rule_set(rules), replace(context, bundles=bundles))
    priced = explanation.quote

    off = sum(one.discount for one in priced.bundles)
    off += sum(one.amount for one in priced.discounts if one.target == "LINES")

    assert off == priced.totals.discount_total == sum(one.line_discount for one in priced.lines)
    assert min(astuple(priced.totals)) >= 0
    assert replay(explanation.inputs) == priced


@given(bundled_carts(), st.sampled_from(RoundingMode))
def test_without_promotions_each_bundle_is_paid_to_the_cent(
    cart: tuple[list[LineInput], tuple[BundleInput, ...]], mode: RoundingMode
) -> None:
    """Its price so often, or less where its lines are cheaper; and each line divides by how often it is there."""
    lines, bundles = cart

    priced = quote(lines, compile_rule_set(rule_set(rounding_mode=mode)), replace(DOLLARS, bundles=bundles))

    totals = {one.id: one.line_total for one in priced.lines}
    for known in bundles:
        inside = [one for one in lines if one.bundle == known.id]
        alone = sum(one.unit_price * one.quantity for one in inside)
        paid = sum(totals[one.id] for one in inside)
        if known.price is not None:
            assert paid == min(alone, known.price * known.quantity)
        assert paid <= alone
        assert all(totals[one.id] % known.quantity == 0 for one in inside)


@given(bundled_carts(), rule_sets(), contexts())
def test_without_bundles_engine_3_prices_as_engine_2(
    cart: tuple[list[LineInput], tuple[BundleInput, ...]], rules: RuleSet, context: QuoteContext
) -> None:
    """So that rules that pricing published for engine 2 may be priced by engine 3, and the other way round."""
    lines = [replace(one, bundle=None) for one in cart[0]]

    by_engine = [quote(lines, compile_rule_set(rules, version), context) for version in (2, 3)]

    assert replace(by_engine[0], engine_version=3) == by_engine[1]
