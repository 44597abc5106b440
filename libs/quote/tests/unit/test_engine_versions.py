"""What engine 2 prices better, and that engine 1 still prices as it did: what was quoted once can be shown again."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from contracts.ruleset import SUPPORTED_ENGINE_VERSIONS, RuleSet
from hypothesis import given
from quote import (
    InvalidInput,
    LineInput,
    Quote,
    QuoteContext,
    Reason,
    compile_rule_set,
    quote,
    replay,
    shipping_options,
)

from .builders import (
    DOLLARS,
    GERMANY,
    amount_off,
    applied,
    free_shipping,
    line,
    on,
    percent,
    quoted,
    rule_set,
    shipping,
    tax,
    with_codes,
)
from .strategies import carts, contexts, rule_sets

RECORDED = [json.loads(text) for text in (Path(__file__).parent / "engine_1.jsonl").read_text().splitlines()]
VAT = tax("VAT", "20", shipping_taxable=True)


def total(engine_version: int, *args: Any, **fields: Any) -> int:
    """The total by one engine."""
    return quoted(*args, engine_version=engine_version, **fields).totals.total


@pytest.mark.parametrize("recorded", RECORDED, ids=range(len(RECORDED)))
def test_what_engine_1_priced_replays_as_it_was(recorded: dict[str, Any]) -> None:
    """Recorded before there was a second engine; each of them would be another quote by now."""
    then, now = replayed(recorded, 1), replayed(recorded, 2)

    assert (asdict(then.totals), discounts(then)) == (recorded["totals"], recorded["discounts"])
    assert (asdict(now.totals), discounts(now), then.shipping) != (
        recorded["totals"],
        recorded["discounts"],
        now.shipping,
    )
    assert (then.engine_version, now.engine_version) == (1, 2)


def test_the_best_deal_is_what_is_paid_with_tax() -> None:
    """100 less 10, with 20 % on top, and 11 untaxed for shipping: 119. Free shipping alone: 120."""
    rules = (amount_off("ten", 10), free_shipping("free", exclusive=True), VAT, shipping("post", 11, taxable=False))

    both = [total(version, [line("mug", 100)], *rules, context=GERMANY, best_deal=True) for version in (1, 2)]

    assert both == [120, 119]


def test_of_two_exclusive_ones_the_cheaper_with_tax_stands() -> None:
    """11 off an untaxed book is worth less than 10 off a mug with 20 % on top."""
    rules = (
        amount_off("books", 11, exclusive=True, category_ids=["books"]),
        amount_off("mugs", 10, exclusive=True, category_ids=["mugs"]),
        VAT,
        tax("none", "0", category="book"),
    )
    goods = [line("book", 100, categories=("books",), tax="book"), line("mug", 100, categories=("mugs",))]

    assert [total(version, goods, *rules, context=GERMANY) for version in (1, 2)] == [209, 208]


def test_an_exclusive_one_that_takes_nothing_off_cancels_nothing() -> None:
    """1 % of 10 rounds to 0; half off stays."""
    rules = (percent("one", 1, exclusive=True), percent("half", 50))

    priced = quoted([line("pin", 10)], *rules)

    assert total(1, [line("pin", 10)], *rules) == 10
    assert (priced.totals.total, applied(priced)) == (5, {"half": 5})


def test_an_idle_exclusive_code_says_so() -> None:
    """It is rejected for having no effect, not silently left out."""
    context = with_codes(percent("ONE", 1, exclusive=True))

    priced = quoted([line("pin", 10)], percent("half", 50), context=context)

    assert [(rejected.code, rejected.reason) for rejected in priced.rejected_codes] == [("ONE", Reason.NO_EFFECT)]


def test_exclusive_free_shipping_is_a_promise_until_there_is_something_to_ship() -> None:
    """Without an address it is kept at 0 beside the others; with one it stands alone, as its merchant wants."""
    context = with_codes(free_shipping("FREE", exclusive=True))
    rules = (percent("half", 50), shipping("post", 799))

    before = quoted([line("mug", 1000)], *rules, context=context)
    after = quoted([line("mug", 1000)], *rules, context=context, default_country="US")

    assert (applied(before), before.rejected_codes) == ({"half": 500, "FREE": 0}, ())
    assert applied(after) == {"FREE": 799}


def test_the_cheapest_way_to_ship_is_that_with_tax_and_discounts() -> None:
    """10 taxed is 12, 11 untaxed is 11; the same way stands first among the options."""
    rules = (VAT, shipping("taxed", 10), shipping("untaxed", 11, taxable=False))
    goods = [line("mug", 100)]

    charged = [quoted(goods, *rules, context=GERMANY, engine_version=version).shipping for version in (1, 2)]
    options = shipping_options(goods, compile_rule_set(rule_set(*rules)), GERMANY)

    assert [charge and charge.total for charge in charged] == [12, 11]
    assert options[0].name == "untaxed"


def test_a_code_whose_promotion_needs_none_any_more_is_taken_off_once() -> None:
    """The cart has the rule of when it had a code: 10 % of the mug's 10.00; by now it is 10 % of the cart, for all."""
    context = with_codes(percent("ten", 10, **on("mug")))
    goods, rules = [line("mug", 1000)], (percent("ten", 10),)

    priced = quoted(goods, *rules, context=context)

    assert [total(version, goods, *rules, context=context) for version in (1, 2)] == [810, 900]
    assert [(rejected.code, rejected.reason) for rejected in priced.rejected_codes] == [("ten", Reason.WITHDRAWN)]


@given(carts(), rule_sets(), contexts())
def test_a_withdrawn_code_is_priced_as_if_it_were_not_there(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """By either engine, from the moment on at which it ends."""
    ended = {rule.id: context.now for rule in context.extra_promotions}
    withdrawn = compile_rule_set(rules.model_copy(update={"withdrawn": ended}))

    without = quote(lines, compile_rule_set(rules), replace(context, extra_promotions=()))

    assert quote(lines, withdrawn, context).totals == without.totals


@given(carts(), rule_sets(), contexts())
def test_a_changed_promotion_is_priced_as_if_its_code_had_been_applied_anew(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """Whatever was changed; a cart with the newer copy keeps that, and one with an earlier code has none of it."""
    now = {rule.id: rule for rule in rules.changed}
    anew = [
        rule
        if rule.id not in now or now[rule.id].revision <= rule.revision
        else now[rule.id].model_copy(update={"code": rule.code})
        for rule in context.extra_promotions
        if rule.id not in now or now[rule.id].code_revision <= rule.revision
    ]
    unchanged = compile_rule_set(rules.model_copy(update={"changed": ()}))

    as_applied_anew = quote(lines, unchanged, replace(context, extra_promotions=tuple(anew)))

    assert quote(lines, compile_rule_set(rules), context).totals == as_applied_anew.totals


@pytest.mark.parametrize(("free", "whole", "winner"), [(1, 0, "whole"), (0, 1, "free"), (0, 0, "free")])
def test_a_tie_on_shipping_goes_to_the_smaller_priority(free: int, whole: int, winner: str) -> None:
    """All of the charge off by two names: the merchant chooses which one is shown."""
    rules = (
        free_shipping("free", priority=free),
        percent("whole", 100, scope="SHIPPING", priority=whole),
        shipping("post", 799),
    )

    priced = quoted([line("mug", 1000)], *rules, default_country="US")

    first_by_id = min(("free", "whole"), key=lambda name: rules[name == "whole"].id)
    assert applied(priced) == {winner if free != whole else first_by_id: 799}


@pytest.mark.parametrize(
    ("quantity", "unit_price", "currency"),
    [(1.0, 100, "USD"), (True, 100, "USD"), (1, 9.99, "USD"), (1, True, "USD"), (1, 100, "EURO"), (1, 100, "XXX")],
)
def test_no_float_and_no_unknown_currency_is_priced(quantity: Any, unit_price: Any, currency: str) -> None:
    """A float would come through every sum and be wrong by a hair (rules.md 1)."""
    goods = line("mug", unit_price, quantity)

    with pytest.raises(InvalidInput):
        quote([goods], compile_rule_set(rule_set()), QuoteContext(currency=currency, now=DOLLARS.now))


@given(carts(), rule_sets(), contexts())
def test_without_promotions_and_a_choice_of_ways_to_ship_the_engines_price_alike(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """Pricing says of such rules that the older engine is enough."""
    plain = replace(context, extra_promotions=())
    few = rules.model_copy(update={"promotions": (), "shipping_rules": rules.shipping_rules[:1]})

    by_engine = [
        quote(lines, compile_rule_set(few.model_copy(update={"engine_version": version})), plain)
        for version in SUPPORTED_ENGINE_VERSIONS
    ]

    assert len({priced.totals for priced in by_engine}) == 1


@given(carts(), rule_sets(), contexts())
def test_the_default_way_to_ship_is_the_first_of_the_options(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """Nobody who looks at the options finds one that costs less than what was charged for the same goods."""
    compiled = compile_rule_set(rules.model_copy(update={"engine_version": 2, "promotions": ()}))
    unchosen = QuoteContext(currency=context.currency, now=context.now, country=context.country)

    charged = quote(lines, compiled, unchosen).shipping
    options = shipping_options(lines, compiled, unchosen)

    assert (charged and charged.rule_id) == (options[0].rule_id if options else None)


def replayed(recorded: dict[str, Any], engine_version: int) -> Quote:
    """The recorded inputs, priced by this engine."""
    return replay(json.dumps({**recorded["inputs"], "engineVersion": engine_version}))


def discounts(priced: Quote) -> list[list[Any]]:
    """Who took what off."""
    return [[str(discount.promotion_id), discount.amount] for discount in priced.discounts]
