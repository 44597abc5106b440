"""What holds for every cart under every rule set (rules.md 4, 5, 22).

`QUOTE_EXAMPLES=10000` prices that many random carts for each property instead of 300.
"""

import os
from dataclasses import astuple
from random import Random

from contracts.ruleset import RuleSet
from hypothesis import given, settings
from hypothesis import strategies as st
from quote import Explanation, LineInput, Quote, QuoteContext, compile_rule_set, explain, hash_inputs, quote, replay

from .strategies import carts, contexts, rule_sets

priced = settings(max_examples=int(os.environ.get("QUOTE_EXAMPLES", "300")), deadline=None)


def total_from_the_parts(quoted: Quote) -> int:
    """What is to pay, from prices, discounts and taxes alone, without using any total of the quote."""
    on_top = not quoted.tax_inclusive
    goods = sum(
        line.unit_price * line.quantity - line.line_discount - line.exempted_tax + on_top * line.line_tax
        for line in quoted.lines
    )
    carriage = quoted.shipping
    sent = carriage.charge - carriage.discount - carriage.exempted_tax + on_top * carriage.tax if carriage else 0
    return goods + sent - quoted.totals.gift_card_total - quoted.totals.points_total


@given(carts(), rule_sets(), contexts())
@priced
def test_totals_add_up_and_nothing_is_negative(lines: list[LineInput], rules: RuleSet, context: QuoteContext) -> None:
    """The total follows from the parts, and no discount is larger than what it is taken from."""
    quoted = quote(lines, compile_rule_set(rules), context)

    assert quoted.totals.total == total_from_the_parts(quoted)
    assert [line.id for line in quoted.lines] == [line.id for line in lines]
    assert min(astuple(quoted.totals)) >= 0
    assert all(0 <= line.line_discount <= line.line_subtotal for line in quoted.lines)
    assert all(line.line_discount == 0 for line in quoted.lines if line.unit_price == 0)
    assert all(discount.amount >= 0 for discount in quoted.discounts)


@given(carts(), rule_sets(), contexts(), st.randoms(use_true_random=False))
@priced
def test_the_order_of_the_inputs_is_nothing(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext, random: Random
) -> None:
    """Lines, promotions, rates, ways to ship and codes may come in any order."""
    shuffled = rules.model_copy(
        update={
            name: tuple(random.sample(getattr(rules, name), len(getattr(rules, name))))
            for name in ("promotions", "changed", "tax_rates", "shipping_rules")
        }
    )
    other_lines = random.sample(lines, len(lines))

    one = explain(lines, compile_rule_set(rules), context)
    other = explain(other_lines, compile_rule_set(shuffled), context)

    assert one.quote.totals == other.quote.totals
    assert set(one.quote.lines) == set(other.quote.lines)
    assert one.quote.discounts == other.quote.discounts
    assert one.quote.taxes == other.quote.taxes
    assert one.steps == other.steps
    assert one.inputs_hash == other.inputs_hash


@given(carts(), rule_sets(), contexts())
@priced
def test_an_explanation_leads_to_the_quote_and_is_replayed_to_it(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """Each step goes on where the one before it on the same target ended, and the last ones are the quote's amounts."""
    explanation = explain(lines, compile_rule_set(rules), context)

    assert explanation.quote == quote(lines, compile_rule_set(rules), context)
    assert follow(explanation) == ends_of(explanation.quote)
    assert replay(explanation.inputs) == explanation.quote
    assert hash_inputs(explanation.inputs) == explanation.inputs_hash


def follow(explanation: Explanation) -> dict[str, int]:
    """Where the steps of each line, and of shipping, end; a gap between two steps fails."""
    ends: dict[str, int] = {}
    for step in explanation.steps:
        if step.target != "order":
            assert step.before == ends.get(step.target, 0)
            ends[step.target] = step.after
    return ends


def ends_of(quoted: Quote) -> dict[str, int]:
    """The amounts the steps must end at; a way to ship that nobody chose yet may have been promised for 0."""
    ends = {line.id: line.line_total for line in quoted.lines}
    if quoted.shipping is not None or any(discount.target == "SHIPPING" for discount in quoted.discounts):
        ends["shipping"] = quoted.totals.shipping_total
    return ends


@given(carts(), rule_sets(), contexts())
@priced
def test_every_promotion_is_either_applied_or_explained(
    lines: list[LineInput], rules: RuleSet, context: QuoteContext
) -> None:
    """None is forgotten, none is both, and a code that takes nothing off is among the rejected."""
    explanation = explain(lines, compile_rule_set(rules), context)

    applied = {discount.promotion_id for discount in explanation.quote.discounts}
    refused = {step.rule_id for step in explanation.steps if step.reason is not None}
    rejected = {code.code for code in explanation.quote.rejected_codes}

    assert applied.isdisjoint(refused)
    assert applied | refused == {rule.id for rule in (*rules.promotions, *context.extra_promotions)}
    assert rejected == {rule.code for rule in context.extra_promotions if rule.id in refused}
