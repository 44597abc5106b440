"""Which ways to ship are offered, and which one is charged (rules.md 25).

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.money import MinorUnits
from contracts.ruleset import ShippingRule

from quote.compiled import CompiledRules
from quote.inputs import QuoteContext


@dataclass(frozen=True, slots=True)
class Carriage:
    """The way of shipping that is priced, and its charge before promotions."""

    rule: ShippingRule
    charge: MinorUnits


def offered_rules(rules: CompiledRules, context: QuoteContext) -> Sequence[ShippingRule]:
    """The ways to ship in this currency: those found for the address, else those of the country, else all."""
    if context.address_shipping_rules is not None:
        return [rule for rule in context.address_shipping_rules if context.currency in rule.amounts]
    country = context.country or rules.default_country
    return [
        rule
        for rule in rules.shipping_rules
        if context.currency in rule.amounts and (country is None or not rule.countries or country in rule.countries)
    ]


def charge_of(rule: ShippingRule, goods: int, currency: str) -> int:
    """What a rule charges for goods of this value after discounts."""
    free_over = rule.free_over.get(currency)
    return 0 if free_over is not None and goods >= free_over else rule.amounts[currency]


def choose_carriage(
    offered: Sequence[ShippingRule], goods: int, rules: CompiledRules, context: QuoteContext
) -> Carriage | None:
    """The shopper's choice, else the cheapest (ties by id); None where nobody knows yet where to ship."""
    known = context.address_shipping_rules is not None or context.country or rules.default_country
    if not known or not offered:
        return None
    charges = [(charge_of(rule, goods, context.currency), rule) for rule in offered]
    chosen = [pair for pair in charges if pair[1].id == context.shipping_rule_id]
    charge, rule = chosen[0] if chosen else min(charges, key=lambda pair: (pair[0], pair[1].id))
    return Carriage(rule, charge)
