"""Ship a cart to an address: pricing resolves it with no transaction open, then it is put on the cart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.base import Actor
from contracts.pricing_calls import ResolveAddress
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.cart import Cart
from cart.carts.domain.intents import ShipTo
from cart.carts.domain.values import Address, CustomerTerms, Destination
from cart.carts.persistence.carts import Loaded
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.carts.use_cases.read_cart import load
from cart.carts.use_cases.requests import ChangeRequest
from cart.clients import Addresses


@dataclass(frozen=True, slots=True)
class AddressSetter:
    """Resolves addresses and sets them; one for the life of the process."""

    changer: CartChanger
    addresses: Addresses
    lifetime: timedelta
    """How long a cart is priced by an answer before it is asked for again."""

    async def resolve(self, cart: Cart, address: Address, now: datetime) -> Destination:
        """The address with its taxes and ways to ship; to be called while no unit is open.

        Raises ServiceUnavailable503: then nothing is changed.
        """
        resolved = await self.addresses.resolve(
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
        return Destination(address, resolved.tax_rates, resolved.shipping_rules, now + self.lifetime)


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address for one shopper's cart, in the three steps of a change that calls an upstream."""

    setter: AddressSetter
    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None
    address: Address
    terms: CustomerTerms | None = None

    async def read(self, unit: TenantUnit) -> Loaded:
        """The shopper's cart; raises CartNotFound."""
        return await load(unit, self.selector)

    async def call(self, found: Loaded, key: str | None) -> Destination:
        """The address as pricing resolves it; raises what a final and a frozen cart raise."""
        found.cart.require_changeable(self.now)
        return await self.setter.resolve(found.cart, self.address, self.now)

    async def write(self, unit: TenantUnit, found: Loaded, result: Destination) -> Answer:
        """Put the address on the cart it was resolved for; raises CartReplaced if the shopper has another by now."""
        request = ChangeRequest(self.selector, self.actor, self.now, self.expected_version, terms=self.terms)
        return await self.setter.changer.change_cart(unit, request, ShipTo(result, found.cart.id), found)
