"""Short ways to say a cart, a promotion, a tax and a shopper; every id follows from its name."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from contracts.ruleset import PromotionRule, RuleSet, ShippingRule, TaxRate
from quote import LineInput, Quote, QuoteContext, compile_rule_set, quote

Rule = PromotionRule | TaxRate | ShippingRule
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
DOLLARS = QuoteContext(currency="USD", now=NOW)
GERMANY = replace(DOLLARS, country="DE")


def id_of(name: str) -> UUID:
    """The id of whatever has this name."""
    return uuid5(NAMESPACE_OID, name)


def line(
    name: str, unit_price: int, quantity: int = 1, *, categories: tuple[str, ...] = (), tax: str | None = None
) -> LineInput:
    """A line of one product; its line id is the product's name, so lines sort by name."""
    product_id = id_of(name)
    return LineInput(name, product_id, product_id, quantity, unit_price, categories, tax)


def percent(name: str, percentage: int, **fields: Any) -> PromotionRule:
    """A percentage off the cart, unless another scope is given."""
    return _promotion(name, type="PERCENTAGE_OFF", basis_points=percentage * 100, **fields)


def amount_off(name: str, amount: int, currency: str = "USD", **fields: Any) -> PromotionRule:
    """Minor units off the cart, unless another scope is given."""
    return _promotion(name, type="FIXED_AMOUNT_OFF", amounts={currency: amount}, **fields)


def free_shipping(name: str, **fields: Any) -> PromotionRule:
    """Free shipping."""
    return _promotion(name, type="FREE_SHIPPING", scope="SHIPPING", **fields)


def _promotion(name: str, **fields: Any) -> PromotionRule:
    return PromotionRule.model_validate({"id": id_of(name), "name": name, "scope": "CART"} | fields)


def on(*names: str) -> dict[str, Any]:
    """The fields of a promotion on these products."""
    return {"scope": "PRODUCT", "product_ids": [id_of(name) for name in names]}


def tax(name: str, percentage: str, **fields: Any) -> TaxRate:
    """A German VAT, unless fields say otherwise; the rate as a decimal percentage."""
    whole, _, fraction = percentage.partition(".")
    rate_ppm = int(whole + fraction.ljust(4, "0"))
    defaults = {"id": id_of(name), "name": name, "type": "VAT", "country": "DE", "rate_ppm": rate_ppm}
    return TaxRate.model_validate(defaults | fields)


def shipping(name: str, amount: int, **fields: Any) -> ShippingRule:
    """A flat rate in cents, everywhere."""
    return ShippingRule.model_validate({"id": id_of(name), "name": name, "amounts": {"USD": amount}} | fields)


def rule_set(*rules: Rule, **fields: Any) -> RuleSet:
    """A rule set of these rules, each in its place."""
    own = {
        "version": 7,
        "company_id": id_of("company"),
        "published_at": NOW,
        "promotions": [rule for rule in rules if isinstance(rule, PromotionRule)],
        "tax_rates": [rule for rule in rules if isinstance(rule, TaxRate)],
        "shipping_rules": [rule for rule in rules if isinstance(rule, ShippingRule)],
    }
    return RuleSet.model_validate(own | fields)


def quoted(
    lines: list[LineInput],
    *rules: Rule,
    context: QuoteContext = DOLLARS,
    **fields: Any,
) -> Quote:
    """The quote of these lines under these rules."""
    return quote(lines, compile_rule_set(rule_set(*rules, **fields)), context)


def with_codes(*promotions: PromotionRule, context: QuoteContext = DOLLARS) -> QuoteContext:
    """A shopper whose cart has the codes of these promotions; each code is the promotion's name."""
    coded = tuple(promotion.model_copy(update={"code": promotion.name}) for promotion in promotions)
    return replace(context, extra_promotions=coded)


def line_discounts(quote: Quote) -> dict[str, int]:
    """The discount of each line by its id."""
    return {line.id: line.line_discount for line in quote.lines}


def applied(quote: Quote) -> dict[str, int]:
    """What each applied promotion took off, by name."""
    return {discount.name: discount.amount for discount in quote.discounts}
