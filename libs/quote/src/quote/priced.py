"""Everything that was decided on the way to a price: the quote and its explanation are two readings of this record.

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence
from operator import attrgetter

from contracts.currencies import EXPONENTS
from contracts.money import CurrencyMismatch, MinorUnits
from contracts.ruleset import PromotionRule, ShippingRule
from contracts.value import value

from quote.basket import Basket, fill
from quote.bundles import Bundled, price_bundles, values_after
from quote.compiled import CompiledRules
from quote.coverage import Coverage
from quote.eligibility import Verdict, judge
from quote.errors import InvalidInput
from quote.inputs import LineInput, QuoteContext
from quote.lanes import Deal, Terms
from quote.promotion import compile_promotion
from quote.result import Reason
from quote.shipping import Carriage, offered_rules, possible_carriages
from quote.stacking import strike_deal
from quote.tax import NO_TAX, NOWHERE, TaxesHere, TaxPlan
from quote.versions import AFTER_TAX, ONE_PROMOTION_ONCE

_IN_ORDER = attrgetter("promotion.order")


@value
class Taxed:
    """The tax on one amount: `tax` is charged or contained, `exempted` is taken out of an inclusive price instead."""

    plan: TaxPlan
    tax: MinorUnits
    exempted: int
    total: MinorUnits


@value
class Priced:
    """The record. `taxed` goes with the basket's lines.

    `verdicts` are in the order in which promotions run, without automatic ones that cover no line where nobody asks.
    """

    rules: CompiledRules
    context: QuoteContext
    basket: Basket
    verdicts: Sequence[Verdict]
    offered: Sequence[ShippingRule]
    deal: Deal
    taxed: Sequence[Taxed]
    taxed_shipping: Taxed
    bundles: Sequence[Bundled]


@value
class Till:
    """What is paid in the end: the tax at one place on what discounts have left."""

    rules: CompiledRules
    context: QuoteContext
    here: TaxesHere

    def lines(self, deal: Deal) -> list[Taxed]:
        """Each line of the basket."""
        exempt = self.context.tax_exempt
        return [
            _taxed(value, line.quantity, self.here.plan(line.tax_category), self.rules, exempt)
            for value, line in zip(deal.values, deal.basket.lines, strict=True)
        ]

    def shipping(self, carriage: Carriage | None, left: int) -> Taxed:
        """The carriage, which is taxed as an amount of its own."""
        taxable = left and carriage is not None and carriage.rule.taxable
        plan = self.here.shipping_plan() if taxable else NO_TAX
        return _taxed(left, 1, plan, self.rules, self.context.tax_exempt)

    def payable(self, deal: Deal) -> int:
        """What the shopper would pay for this deal; by older engines, before tax."""
        if self.rules.engine_version < AFTER_TAX:
            return deal.before_tax
        return sum([taxed.total for taxed in self.lines(deal)]) + self.shipping(deal.carriage, deal.carriage_left).total


def price(
    lines: Sequence[LineInput], rules: CompiledRules, context: QuoteContext, *, every_promotion: bool = False
) -> Priced:
    """Price the bundles, judge the promotions, strike the deal, add the tax. Raises InvalidInput and CurrencyMismatch.

    `every_promotion` also notes why those are refused that cover nothing here, which the price does not need.
    """
    _require_usable(rules, context)
    basket = fill(lines)
    covering = rules.coverage.all(basket) if every_promotion else rules.coverage.covering(basket)
    verdicts = [judge(promotion, covered, basket, context) for promotion, covered in covering]
    if context.extra_promotions:
        verdicts = sorted([*verdicts, *_judged_codes(basket, rules, context)], key=_IN_ORDER)
        _refuse_withdrawn(verdicts, rules, context)
    bundles = price_bundles(basket, rules, context)
    values = values_after(basket, bundles) if bundles else basket.subtotals
    offered = offered_rules(rules, context)
    till = Till(rules, context, _taxes_here(rules, context))
    terms = Terms(
        fresh=lambda: Deal(basket, rules.rounding, context.currency, rules.engine_version, values=list(values)),
        carriages=lambda goods: possible_carriages(offered, goods, rules, context) if basket.lines else (),
        cost_of_shipping=lambda carriage, left: till.shipping(carriage, left).total,
        payable=till.payable,
    )
    eligible = [verdict for verdict in verdicts if verdict.reason is None]
    deal = strike_deal(eligible, terms, best_deal=rules.best_deal)
    shipping = till.shipping(deal.carriage, deal.carriage_left)
    return Priced(rules, context, basket, verdicts, offered, deal, till.lines(deal), shipping, bundles)


def _refuse_withdrawn(verdicts: Sequence[Verdict], rules: CompiledRules, context: QuoteContext) -> None:
    """Refuse the codes whose promotion ended, has another code or needs none any more, since the cart got its rule."""
    renamed = {(rule.id, rule.code) for rule in context.extra_promotions if _has_another_code(rule, rules)}
    automatic = rules.automatic if rules.engine_version >= ONE_PROMOTION_ONCE else ()
    for verdict in verdicts:
        promotion = verdict.promotion
        if promotion.code is None:
            continue
        ended = rules.rule_set.withdrawn.get(promotion.id)
        gone = promotion.id in automatic or (promotion.id, promotion.code) in renamed
        if gone or (ended is not None and ended <= context.now):
            verdict.covered, verdict.reason = (), Reason.WITHDRAWN


def _has_another_code(rule: PromotionRule, rules: CompiledRules) -> bool:
    now = rules.changed.get(rule.id)
    return now is not None and now.code_revision > rule.revision


def _require_usable(rules: CompiledRules, context: QuoteContext) -> None:
    only = rules.rule_set.currency
    if only is not None and only != context.currency:
        raise CurrencyMismatch(f"the rule set is for {only}, the cart is in {context.currency}")
    if context.currency not in EXPONENTS:
        raise InvalidInput(f"{context.currency!r} is not an active ISO 4217 currency code")
    if type(context.gift_card_amount) is not int or type(context.points_amount) is not int:
        raise InvalidInput("gift cards and points must be integers of minor units")
    if context.gift_card_amount < 0 or context.points_amount < 0:
        raise InvalidInput("gift cards and points must not be negative")


def _judged_codes(basket: Basket, rules: CompiledRules, context: QuoteContext) -> list[Verdict]:
    """The promotions of the cart's codes, each of them: a code that takes nothing off is answered with its reason."""
    of_codes = Coverage([compile_promotion(_as_it_is_now(rule, rules)) for rule in context.extra_promotions])
    return [judge(promotion, covered, basket, context) for promotion, covered in of_codes.all(basket)]


def _as_it_is_now(rule: PromotionRule, rules: CompiledRules) -> PromotionRule:
    """A code's rule in the rule set's copy where that is newer; the one of the cart may be, while events are late."""
    now = rules.changed.get(rule.id)
    return rule if now is None or now.revision <= rule.revision else now.model_copy(update={"code": rule.code})


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
