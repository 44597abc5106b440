"""A cart prices itself with the replica of its company's rules (architecture.md): pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.ruleset import PromotionRule
from contracts.value import value
from quote import BundleInput, CompiledRules, LineInput, Quote, QuoteContext, quote
from quote.shipping import offered_rules

from cart.carts.domain.cart import Cart
from cart.carts.domain.freezing import priced_as
from cart.carts.domain.values import CustomerTerms, PricedAs

_NO_TERMS: Final = CustomerTerms()


@value
class PricedCart:
    """A cart with its quote, and the rules that made it: what every use case prices, shows and saves."""

    cart: Cart
    quote: Quote
    rules: CompiledRules


def line_inputs(cart: Cart, now: datetime) -> list[LineInput]:
    """The cart's lines as the quote engine takes them, at the prices the shopper last saw (rules.md 15)."""
    freeze = cart.freeze_at(now)
    kept: Mapping[UUID, PricedAs] = freeze.products if freeze else {}
    bundles = {bundle.id: str(bundle.id) for bundle in cart.whole_bundles()} if cart.bundles else {}
    return [
        LineInput(
            id=str(line.id),
            product_id=line.product_id,
            variant_id=line.variant_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            category_ids=product.categories,
            tax_category=product.tax_category,
            bundle=bundles.get(line.bundle_group_id) if bundles and line.bundle_group_id else None,
        )
        for line in cart.lines
        for product in (kept.get(line.id) or priced_as(line),)
    ]


def pricing_time(cart: Cart, now: datetime) -> datetime:
    """The moment whose prices count: now, or when a checkout froze the cart (rules.md 14)."""
    freeze = cart.freeze_at(now)
    return freeze.at if freeze else now


def context_of(cart: Cart, now: datetime) -> QuoteContext:
    """When and where the cart is priced, and with which codes."""
    at, to, terms = pricing_time(cart, now), cart.destination, cart.terms or _NO_TERMS
    freeze = cart.freeze_at(now)
    return QuoteContext(
        currency=cart.currency,
        now=at,
        site_id=cart.site.id,
        extra_promotions=live_codes(cart, at),
        customer_groups=frozenset(terms.groups),
        first_order=freeze.first_order if freeze else cart.first_order,
        tax_exempt=terms.tax_exempt,
        country=to.address.country if to else None,
        state=to.address.state if to else None,
        postal_code=to.address.postal_code if to else None,
        address_tax_rates=to.tax_rates if to else None,
        address_shipping_rules=to.shipping_rules if to else None,
        shipping_rule_id=cart.shipping_option_id,
        bundles=bundle_inputs(cart) if cart.bundles else (),
    )


def bundle_inputs(cart: Cart) -> tuple[BundleInput, ...]:
    """The cart's bundles as the quote engine takes them, at the prices the shopper last saw (rules.md 15)."""
    return tuple(
        BundleInput(
            id=str(bundle.id),
            bundle_id=bundle.bundle_id,
            name=bundle.title,
            quantity=bundle.quantity,
            price=bundle.price,
            basis_points=bundle.discount_basis_points,
        )
        for bundle in cart.whole_bundles()
    )


def price(cart: Cart, rules: CompiledRules, now: datetime) -> PricedCart:
    """The cart with its quote at this moment; codes whose time on the cart is over are left out.

    A frozen cart is to be priced by the rules of its freeze (`CompiledRulesCache.of_cart`).
    """
    return PricedCart(cart, quote(line_inputs(cart, now), rules, context_of(cart, now)), rules)


def live_codes(cart: Cart, now: datetime) -> tuple[PromotionRule, ...]:
    """The rules of the codes that still count."""
    return tuple(code.rule for code in cart.codes if code.expires_at > now)


def offers_shipping(priced: PricedCart, option_id: UUID, now: datetime) -> bool:
    """Whether this way to ship is offered to where the cart goes; nothing is while nobody knows where."""
    context = context_of(priced.cart, now)
    if context.country is None and priced.rules.default_country is None:
        return False
    return any(rule.id == option_id for rule in offered_rules(priced.rules, context))
