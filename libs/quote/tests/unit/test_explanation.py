"""Every quote explains itself in order, and says why a promotion did not apply (rules.md 5)."""

from dataclasses import replace

from contracts.ruleset import ENGINE_VERSION, RuleSet
from quote import Explanation, QuoteContext, Reason, StepKind, compile_rule_set, explain, quote

from .builders import (
    DOLLARS,
    GERMANY,
    amount_off,
    free_shipping,
    line,
    on,
    percent,
    rule_set,
    shipping,
    tax,
    with_codes,
)

LINES = [line("mug", 1000, 2), line("shirt", 3000)]


def explained(rules: RuleSet, context: QuoteContext = GERMANY) -> Explanation:
    return explain(LINES, compile_rule_set(rules), context)


def steps_of(explanation: Explanation) -> list[tuple[str, str, str, int, int]]:
    return [(step.kind.value, step.name, step.target, step.before, step.after) for step in explanation.steps]


def test_the_steps_tell_the_way_from_price_to_total() -> None:
    """Prices, promotions by lane, shipping, tax, payments, each with the amount before and after."""
    promotions = [percent("ten", 10), amount_off("mugs", 250, **on("mug")), free_shipping("free")]
    rules = rule_set(*promotions, tax("VAT", "19"), shipping("post", 500))

    explanation = explained(rules, replace(GERMANY, gift_card_amount=1000, points_amount=10))

    assert steps_of(explanation) == [
        ("PRICE", "2 x 1000", "mug", 0, 2000),
        ("PRICE", "1 x 3000", "shirt", 0, 3000),
        ("PROMOTION", "mugs", "mug", 2000, 1500),
        ("PROMOTION", "ten", "mug", 1500, 1350),
        ("PROMOTION", "ten", "shirt", 3000, 2700),
        ("SHIPPING", "post", "shipping", 0, 500),
        ("PROMOTION", "free", "shipping", 500, 0),
        ("TAX", "VAT", "mug", 1350, 1606),
        ("TAX", "VAT", "shirt", 2700, 3213),
        ("GIFT_CARD", "Gift cards", "order", 4819, 3819),
        ("POINTS", "Points", "order", 3819, 3809),
    ]
    assert explanation.engine_version == ENGINE_VERSION


def test_it_names_the_promotions_that_did_not_apply_and_why() -> None:
    """They stand where they would have run, and change nothing."""
    rules = rule_set(percent("many", 10, min_quantity=9), percent("ten", 10), amount_off("four", 400))

    steps = explained(rules, with_codes(percent("HATS", 5, **on("hat")))).steps

    reasons = {step.name: step.reason for step in steps if step.kind is StepKind.PROMOTION}
    assert reasons == {
        "HATS": Reason.NOTHING_COVERED,
        "many": Reason.MIN_QUANTITY,
        "ten": None,
        "four": Reason.BEATEN_IN_LANE,
    }
    assert all(step.before == step.after and step.amount == 0 for step in steps if step.reason)


def test_it_says_which_of_two_ways_won() -> None:
    """With `best_deal` the loser carries the reason: the stack was better."""
    rules = rule_set(percent("ten", 10), percent("alone", 5, exclusive=True), best_deal=True)

    reasons = {step.name: step.reason for step in explained(rules, DOLLARS).steps if step.kind is StepKind.PROMOTION}

    assert reasons == {"ten": None, "alone": Reason.STACK_IS_BETTER}


def test_contained_tax_is_shown_without_moving_the_amount() -> None:
    """20.00 contains 3.19 and 30.00 contains 4.79 at 19 %; stacked rates are one step."""
    steps = explained(rule_set(tax("VAT", "19"), tax_inclusive=True)).steps
    stacked = explained(rule_set(tax("A", "10"), tax("B", "9"), tax_inclusive=True)).steps

    assert [(step.before, step.after, step.amount) for step in steps if step.kind is StepKind.TAX] == [
        (2000, 2000, 319),
        (3000, 3000, 479),
    ]
    assert {step.name for step in stacked if step.kind is StepKind.TAX} in ({"A + B"}, {"B + A"})


def test_exempted_tax_lowers_an_inclusive_price() -> None:
    """The step ends at what the exempt customer pays."""
    steps = explained(rule_set(tax("VAT", "19"), tax_inclusive=True), replace(GERMANY, tax_exempt=True)).steps

    assert [(step.before, step.after) for step in steps if step.kind is StepKind.TAX] == [(2000, 1681), (3000, 2521)]


def test_it_explains_the_quote_that_was_given() -> None:
    """Explaining prices the same cart to the same quote."""
    rules = compile_rule_set(rule_set(percent("ten", 10), tax("VAT", "19"), shipping("post", 500)))

    assert explain(LINES, rules, GERMANY).quote == quote(LINES, rules, GERMANY)
