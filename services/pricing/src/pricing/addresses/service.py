"""Resolving an address for the cart service."""

from contracts.pricing_calls import AddressResolved, ResolveAddress
from servicekit.db import TenantUnit

from pricing.pricing_settings import repository as settings
from pricing.shipping_rules import repository as shipping
from pricing.taxes import repository as taxes
from pricing.taxes.domain import Place, holds_at


async def resolve_address(unit: TenantUnit, requested: ResolveAddress) -> AddressResolved:
    """The tax rates and the ways to ship that hold at an address, in this currency; both may be empty."""
    place = Place.of(requested.country, requested.state, requested.postal_code)
    company = await settings.get(unit)
    rates = await taxes.of_country(unit, place.country)
    ways = await shipping.active(unit)
    return AddressResolved(
        tax_rates=tuple(rate for rate in rates if holds_at(rate, place)),
        shipping_rules=tuple(way.rule for way in ways if way.is_offered_at(place, requested.currency)),
        tax_inclusive=company.tax_inclusive,
    )
