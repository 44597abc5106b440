"""Recorded inputs give the same hash and the same quote again (rules.md 5)."""

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from contracts.ruleset import ENGINE_VERSION, RuleSet
from quote import QuoteContext, UnsupportedEngine, compile_rule_set, hash_inputs, quote, record_inputs, replay

from .builders import GERMANY, NOW, Rule, free_shipping, id_of, line, on, percent, rule_set, shipping, tax, with_codes

LINES = [line("shirt", 3000, tax="clothes"), line("mug", 1000, 2, categories=("kitchen", "gifts"))]
RULES: list[Rule] = [percent("ten", 10, **on("mug")), free_shipping("free"), tax("VAT", "19"), shipping("post", 500)]
EVERYTHING = replace(
    with_codes(percent("CODE", 5), context=GERMANY),
    site_id=id_of("shop"),
    state="BE",
    postal_code="10 117",
    address_tax_rates=(tax("resolved", "7", category="clothes"), tax("general", "19")),
    address_shipping_rules=(shipping("express", 900), shipping("post", 500)),
    shipping_rule_id=id_of("express"),
    customer_groups=frozenset({"vip", "trade"}),
    first_order=True,
    gift_card_amount=10,
    points_amount=20,
)


@pytest.mark.parametrize("context", [GERMANY, EVERYTHING])
def test_a_recorded_quote_is_replayed_to_the_same_quote(context: QuoteContext) -> None:
    """Lines, rules, codes, address and time all come back as they were."""
    rules = rule_set(*RULES)

    assert replay(record_inputs(LINES, rules, context)) == quote(LINES, compile_rule_set(rules), context)


def test_the_hash_is_the_same_for_equal_inputs() -> None:
    """The order of lines, rules and categories and the zone of the clock are nothing."""
    mug = replace(LINES[1], category_ids=("gifts", "kitchen"))
    same_moment = replace(EVERYTHING, now=NOW.astimezone(timezone(timedelta(hours=5))))

    one = record_inputs(LINES, rule_set(*RULES), EVERYTHING)
    other = record_inputs([mug, LINES[0]], rule_set(*reversed(RULES)), same_moment)

    assert hash_inputs(one) == hash_inputs(other)
    assert len(hash_inputs(one)) == 64


@pytest.mark.parametrize(
    ("rules", "context"),
    [
        (rule_set(*RULES, tax_inclusive=True), EVERYTHING),
        (rule_set(*RULES, version=8), EVERYTHING),
        (rule_set(*RULES[:-1]), EVERYTHING),
        (rule_set(*RULES), replace(EVERYTHING, now=NOW + timedelta(seconds=1))),
        (rule_set(*RULES), replace(EVERYTHING, address_tax_rates=None)),
        (rule_set(*RULES), replace(EVERYTHING, tax_exempt=True)),
    ],
)
def test_the_hash_is_another_for_other_inputs(rules: RuleSet, context: QuoteContext) -> None:
    """Whatever a quote depends on is in it."""
    assert hash_inputs(record_inputs(LINES, rules, context)) != hash_inputs(
        record_inputs(LINES, rule_set(*RULES), EVERYTHING)
    )


def test_of_ten_thousand_codes_only_the_carts_are_recorded() -> None:
    """An order keeps its inputs for ever, and hashes them while its shopper waits."""
    mine = EVERYTHING.extra_promotions[0].id
    others = [percent(f"other {n}", 5, revision=1) for n in range(3)]
    rules = rule_set(
        *RULES, withdrawn={promotion.id: NOW for promotion in others} | {mine: NOW + timedelta(days=1)}, changed=others
    )

    recorded = json.loads(record_inputs(LINES, rules, EVERYTHING))["ruleSet"]

    assert (list(recorded["withdrawn"]), recorded["changed"]) == ([str(mine)], [])


def test_another_engine_is_not_replayed() -> None:
    """A quote that a newer engine made would come out differently, so it is refused."""
    recorded = json.loads(record_inputs(LINES, rule_set(*RULES), GERMANY))
    recorded["engineVersion"] = ENGINE_VERSION + 1

    with pytest.raises(UnsupportedEngine):
        replay(json.dumps(recorded))
