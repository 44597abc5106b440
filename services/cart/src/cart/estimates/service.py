"""Estimates by address: pricing says what applies there, the cart is priced with it here, and nothing is kept."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.pricing_calls import ResolveAddress
from quote import CompiledRules, LineInput, Quote, QuoteContext, ShippingOption, quote, shipping_options
from servicekit.db import Unit

from cart.carts import pricing, repository
from cart.carts.opening import empty_cart, require_site
from cart.carts.repository import Selector
from cart.carts.rulebook import RuleBook
from cart.clients import Addresses
from cart.estimates.schemas import Address


@dataclass(frozen=True, slots=True)
class Estimate:
    """A cart priced at an address."""

    currency: str
    quote: Quote
    options: tuple[ShippingOption, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Whose cart (an empty one where there is none), for which address."""

    selector: Selector
    address: Address
    now: datetime


async def estimate(unit: Unit, rules: RuleBook, addresses: Addresses, asked: Question) -> Estimate:
    """Price the cart at the address; raises ServiceUnavailable503 when pricing is away, SiteNotFound for no site."""
    loaded = await repository.load(unit, asked.selector)
    if loaded is None:
        found = await require_site(unit, None)
        site = found.site
        cart = empty_cart(unit.company_id, site, None, site.currency, asked.now)  # type: ignore[arg-type]  # a tenant's unit has one
        version = found.rules_version
    else:
        cart, version = loaded.cart, loaded.rules_version
    compiled = await rules.of(unit, cart.company_id, version)
    address = asked.address
    resolved = await addresses.resolve(
        cart.company_id,
        ResolveAddress(
            site_id=cart.site.id,
            currency=cart.currency,
            country=address.country,
            state=address.state,
            postal_code=address.postal_code,
            city=address.city,
        ),
    )
    context = replace(
        pricing.context_of(cart, asked.now),
        country=address.country,
        state=address.state,
        postal_code=address.postal_code,
        address_tax_rates=resolved.tax_rates,
        address_shipping_rules=resolved.shipping_rules,
    )
    return _priced(pricing.line_inputs(cart), compiled, context)


def _priced(lines: list[LineInput], rules: CompiledRules, context: QuoteContext) -> Estimate:
    return Estimate(context.currency, quote(lines, rules, context), shipping_options(lines, rules, context))
