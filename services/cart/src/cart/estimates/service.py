"""Estimates by address: pricing resolves what applies there, the cart is priced with it here, and nothing is kept."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.pricing_calls import ResolveAddress
from quote import CompiledRules, LineInput, QuoteContext, quote, shipping_options
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from cart import errors
from cart.carts.domain import pricing
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.open_cart import require_site
from cart.clients import Addresses
from cart.estimates.domain import Estimate
from cart.estimates.schemas import Address
from cart.rules.service import CompiledRulesCache


@dataclass(frozen=True, slots=True)
class Priceable:
    """A cart with the rules that it is priced by: all that an estimate needs of the database."""

    cart: Cart
    rules: CompiledRules


async def read_priceable(
    unit: TenantUnit, rules: CompiledRulesCache, selector: Selector, now: datetime, *, or_empty: bool
) -> Priceable:
    """The shopper's cart; where there is none, an empty one (`or_empty`) or CartNotFound.

    Raises SiteNotFound for a company without a site.
    """
    loaded = await carts.load(unit, selector)
    if loaded is not None:
        freeze = loaded.cart.freeze_at(now)
        return Priceable(loaded.cart, await rules.of_cart(unit, freeze, loaded.rules_version))
    if not or_empty:
        raise errors.CartNotFound()
    found = await require_site(unit, None)
    site, context = found.site, ChangeContext("system", now, new_id)
    cart = Cart.create(unit.company_id, site, None, site.currency, context)
    return Priceable(cart, await rules.at(unit, found.rules_version))


async def estimate(addresses: Addresses, priceable: Priceable, address: Address, now: datetime) -> Estimate:
    """Price the cart at the address, while no unit is open; raises ServiceUnavailable503 when pricing is away."""
    cart = priceable.cart
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
        pricing.context_of(cart, now),
        country=address.country,
        state=address.state,
        postal_code=address.postal_code,
        address_tax_rates=resolved.tax_rates,
        address_shipping_rules=resolved.shipping_rules,
    )
    return _priced(pricing.line_inputs(cart, now), priceable.rules, context)


def _priced(lines: list[LineInput], rules: CompiledRules, context: QuoteContext) -> Estimate:
    return Estimate(context.currency, quote(lines, rules, context), shipping_options(lines, rules, context))
