"""From the record of a price to the quote that the shopper sees."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from contracts.ruleset import TaxRate

from quote.inputs import LineInput
from quote.priced import Priced
from quote.progress import free_shipping_progress
from quote.result import (
    AppliedDiscount,
    BundlePrice,
    Quote,
    QuoteLine,
    RejectedCode,
    ShippingCharge,
    TaxAmount,
    Totals,
)
from quote.tax import TaxPlan, charging_order


def assemble(priced: Priced, lines: Sequence[LineInput]) -> Quote:
    """The quote, its lines in the order of `lines`."""
    rule_set = priced.rules.rule_set
    by_id = _lines(priced)
    quoted = tuple([by_id[line.id] for line in lines])
    shipping = _shipping(priced)
    return Quote(
        currency=priced.context.currency,
        pricing=_pricing(priced),
        lines=quoted,
        totals=_totals(priced, quoted, shipping),
        discounts=_discounts(priced),
        rejected_codes=_rejected_codes(priced),
        taxes=_taxes(priced),
        shipping=shipping,
        free_shipping=free_shipping_progress(priced),
        tax_inclusive=priced.rules.tax_inclusive,
        rounding_mode=rule_set.rounding_mode,
        rounding_scope=rule_set.rounding_scope,
        rule_set_version=rule_set.version,
        engine_version=rule_set.engine_version,
        bundles=_bundles(priced),
    )


def _lines(priced: Priced) -> dict[str, QuoteLine]:
    basket = priced.basket
    return {
        line.id: QuoteLine(
            id=line.id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            line_subtotal=subtotal,
            line_discount=subtotal - value,
            line_tax=taxed.tax,
            line_total=taxed.total,
            exempted_tax=taxed.exempted,
        )
        for line, subtotal, value, taxed in zip(
            basket.lines, basket.subtotals, priced.deal.values, priced.taxed, strict=True
        )
    }


def _bundles(priced: Priced) -> tuple[BundlePrice, ...]:
    return tuple(
        [
            BundlePrice(
                id=bundled.bundle.id,
                bundle_id=bundled.bundle.bundle_id,
                name=bundled.bundle.name,
                quantity=bundled.bundle.quantity,
                subtotal=bundled.subtotal,
                discount=bundled.discount,
            )
            for bundled in priced.bundles
        ]
    )


def _shipping(priced: Priced) -> ShippingCharge | None:
    carriage, taxed = priced.deal.carriage, priced.taxed_shipping
    if carriage is None:
        return None
    return ShippingCharge(
        rule_id=carriage.rule.id,
        name=carriage.rule.name,
        estimated_days=carriage.rule.estimated_days,
        charge=carriage.charge,
        discount=carriage.charge - priced.deal.carriage_left,
        tax=taxed.tax,
        total=taxed.total,
        exempted_tax=taxed.exempted,
    )


def _totals(priced: Priced, lines: Sequence[QuoteLine], shipping: ShippingCharge | None) -> Totals:
    """Gift cards pay first, then points, neither more than is due (rules.md 26)."""
    context = priced.context
    shipping_total = shipping.total if shipping else 0
    due = sum([line.line_total for line in lines]) + shipping_total
    gift_cards = min(context.gift_card_amount, due)
    points = min(context.points_amount, due - gift_cards)
    return Totals(
        item_count=priced.basket.quantity,
        subtotal=priced.basket.subtotal,
        discount_total=sum([line.line_discount for line in lines]),
        shipping_total=shipping_total,
        tax_total=sum([line.line_tax for line in lines]) + priced.taxed_shipping.tax,
        gift_card_total=gift_cards,
        points_total=points,
        total=due - gift_cards - points,
    )


def _discounts(priced: Priced) -> tuple[AppliedDiscount, ...]:
    return tuple(
        [
            AppliedDiscount(
                promotion_id=taking.promotion.id,
                code=taking.promotion.code,
                name=taking.promotion.name,
                amount=taking.shipping + sum([amount for _, amount in taking.lines]),
                target="LINES" if taking.lines else "SHIPPING",
            )
            for taking in priced.deal.takings
        ]
    )


def _rejected_codes(priced: Priced) -> tuple[RejectedCode, ...]:
    reasons = (
        (verdict.promotion.code, verdict.reason or priced.deal.losses.get(verdict.promotion))
        for verdict in priced.verdicts
        if verdict.promotion.code is not None
    )
    return tuple([RejectedCode(code, reason) for code, reason in reasons if code is not None and reason is not None])


def _pricing(priced: Priced) -> Literal["final", "estimated"]:
    """Estimated while a promotion that counts, or one for a first order nobody has confirmed, is in the price."""
    unconfirmed = priced.context.first_order is None
    for taking in priced.deal.takings:
        if taking.promotion.counts or (taking.promotion.first_order_only and unconfirmed):
            return "estimated"
    return "final"


def _taxes(priced: Priced) -> tuple[TaxAmount, ...]:
    """What each rate came to, in the order in which rates are charged; split once per kind of goods."""
    by_plan: dict[TaxPlan, int] = defaultdict(int)
    for taxed in (*priced.taxed, priced.taxed_shipping):
        by_plan[taxed.plan] += taxed.tax
    rates: dict[UUID, TaxRate] = {}
    amounts: dict[UUID, int] = defaultdict(int)
    for plan, tax in by_plan.items():
        for rate, share in zip(plan.rates, plan.split(tax), strict=True):
            rates[rate.id] = rate
            amounts[rate.id] += share
    ordered = sorted(rates.values(), key=charging_order)
    return tuple([TaxAmount(rate.id, rate.name, rate.type, rate.rate_ppm, amounts[rate.id]) for rate in ordered])
