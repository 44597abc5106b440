"""Which ways to ship are offered, and which one is charged (rules.md 25).

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence

from contracts.money import MinorUnits
from contracts.ruleset import ShippingRule
from contracts.value import value

from quote.compiled import CompiledRules
from quote.inputs import QuoteContext
from quote.versions import AFTER_TAX


@value
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


def possible_carriages(
    offered: Sequence[ShippingRule], goods: int, rules: CompiledRules, context: QuoteContext
) -> Sequence[Carriage]:
    """The shopper's choice alone, else every way to ship, by id; none where nobody knows yet where to.

    Older engines took the cheapest before discounts and tax, so that theirs is the only one.
    """
    known = context.address_shipping_rules is not None or context.country or rules.default_country
    if not known or not offered:
        return ()
    carriages = [Carriage(rule, charge_of(rule, goods, context.currency)) for rule in offered]
    chosen = [carriage for carriage in carriages if carriage.rule.id == context.shipping_rule_id]
    if chosen:
        return chosen[:1]
    if rules.engine_version < AFTER_TAX:
        return [min(carriages, key=lambda carriage: (carriage.charge, carriage.rule.id))]
    return sorted(carriages, key=lambda carriage: carriage.rule.id)
