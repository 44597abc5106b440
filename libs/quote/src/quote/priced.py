"""Everything that was decided on the way to a price: the quote and its explanation are two readings of this record.

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from contracts.money import CurrencyMismatch, MinorUnits
from contracts.ruleset import ShippingRule

from quote.basket import Basket, fill
from quote.compiled import CompiledPromotion, CompiledRules, compile_promotion
from quote.eligibility import Verdict, judge
from quote.errors import InvalidInput
from quote.inputs import LineInput, QuoteContext
from quote.lanes import Deal
from quote.shipping import choose_carriage, offered_rules
from quote.stacking import strike_deal
from quote.tax import NO_TAX, NOWHERE, TaxesHere, TaxPlan

_IN_ORDER = attrgetter("order")


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax on one amount: `tax` is charged or contained, `exempted` is taken out of an inclusive price instead."""

    plan: TaxPlan
    tax: MinorUnits
    exempted: int
    total: MinorUnits


@dataclass(frozen=True, slots=True)
class Priced:
    """The record. `verdicts` are in the order in which promotions run; `taxed` goes with the basket's lines."""

    rules: CompiledRules
    context: QuoteContext
    basket: Basket
    verdicts: Sequence[Verdict]
    offered: Sequence[ShippingRule]
    deal: Deal
    taxed: Sequence[Taxed]
    taxed_shipping: Taxed


def price(lines: Sequence[LineInput], rules: CompiledRules, context: QuoteContext) -> Priced:
    """Judge the promotions, strike the deal, add the tax. Raises InvalidInput and CurrencyMismatch."""
    _require_usable(rules, context)
    basket = fill(lines)
    verdicts = [judge(promotion, basket, context) for promotion in _promotions(rules, context)]
    offered = offered_rules(rules, context)
    deal = strike_deal(
        [verdict for verdict in verdicts if verdict.reason is None],
        lambda: Deal(basket, rules.rounding, context.currency, values=list(basket.subtotals)),
        lambda goods: choose_carriage(offered, goods, rules, context) if basket.lines else None,
        best_deal=rules.best_deal,
    )
    taxed, taxed_shipping = _tax(deal, rules, context)
    return Priced(rules, context, basket, verdicts, offered, deal, taxed, taxed_shipping)


def _require_usable(rules: CompiledRules, context: QuoteContext) -> None:
    only = rules.rule_set.currency
    if only is not None and only != context.currency:
        raise CurrencyMismatch(f"the rule set is for {only}, the cart is in {context.currency}")
    if context.gift_card_amount < 0 or context.points_amount < 0:
        raise InvalidInput("gift cards and points must not be negative")


def _promotions(rules: CompiledRules, context: QuoteContext) -> Sequence[CompiledPromotion]:
    """The rule set's promotions and those of the cart's codes, in the order in which they run."""
    if not context.extra_promotions:
        return rules.promotions
    return sorted([*rules.promotions, *map(compile_promotion, context.extra_promotions)], key=_IN_ORDER)


def _tax(deal: Deal, rules: CompiledRules, context: QuoteContext) -> tuple[list[Taxed], Taxed]:
    """Tax each line, and the carriage as its own amount, on what discounts left."""
    here, exempt = _taxes_here(rules, context), context.tax_exempt
    taxed = [
        _taxed(value, line.quantity, here.plan(line.tax_category), rules, exempt)
        for value, line in zip(deal.values, deal.basket.lines, strict=True)
    ]
    taxable = deal.carriage_left and deal.carriage is not None and deal.carriage.rule.taxable
    plan = here.shipping_plan() if taxable else NO_TAX
    return taxed, _taxed(deal.carriage_left, 1, plan, rules, exempt)


def _taxes_here(rules: CompiledRules, context: QuoteContext) -> TaxesHere:
    """The rates found for the address, else those of the rule set at the place, else none."""
    if context.address_tax_rates is not None:
        return TaxesHere(context.address_tax_rates)
    country = rules.taxes.get(context.country or rules.default_country or "")
    return country.at(context.state, context.postal_code) if country is not None else NOWHERE


def _taxed(amount: int, pieces: int, plan: TaxPlan, rules: CompiledRules, exempt: bool) -> Taxed:
    """An exempt customer pays no tax on top, and an inclusive price less the tax it contains."""
    if not plan.rates or (exempt and not rules.tax_inclusive):
        return Taxed(NO_TAX, 0, 0, amount)
    if not rules.tax_inclusive:
        tax = plan.on_top(amount, pieces, rules.rounding)
        return Taxed(plan, tax, 0, amount + tax)
    tax = plan.contained(amount, pieces, rules.rounding)
    return Taxed(plan, 0, tax, amount - tax) if exempt else Taxed(plan, tax, 0, amount)
