"""The one way to a quote, and the options that differ from it only in how they ship.

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.money import MinorUnits

from quote.assembly import assemble
from quote.compiled import CompiledRules
from quote.inputs import LineInput, QuoteContext
from quote.invariants import check
from quote.priced import price
from quote.result import Quote
from quote.shipping import offered_rules


def quote(lines: Sequence[LineInput], rules: CompiledRules, context: QuoteContext) -> Quote:
    """Price a cart (rules.md 2-4, 21-26). Pure: equal inputs give an equal quote, whatever order the rules come in.

    Before a country is known (or the rule set's default) there is no tax and no shipping. Raises InvalidInput,
    CurrencyMismatch where the rule set is for another currency, and InvariantViolation rather than a wrong sum.
    """
    quoted = assemble(price(lines, rules, context), lines)
    check(quoted)
    return quoted


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to ship this cart; `amount` is what `shipping_total` would be, with promotions and tax."""

    rule_id: UUID
    name: str
    amount: MinorUnits
    estimated_days: int | None
    free: bool


def shipping_options(
    lines: Sequence[LineInput], rules: CompiledRules, context: QuoteContext
) -> tuple[ShippingOption, ...]:
    """Every way to ship this cart to where the context says, the cheapest first; none for an empty cart.

    Without an address or a default country there is none either. Raises what `quote` raises.
    """
    options = []
    for rule in offered_rules(rules, context):
        charge = quote(lines, rules, replace(context, shipping_rule_id=rule.id)).shipping
        if charge is not None:
            options.append(ShippingOption(rule.id, rule.name, charge.total, rule.estimated_days, charge.total == 0))
    return tuple(sorted(options, key=lambda option: (option.amount, option.rule_id)))
