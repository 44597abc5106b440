"""A cart with its quote: what every use case prices, shows and saves."""

from dataclasses import dataclass
from datetime import datetime

from quote import CompiledRules, Quote
from servicekit.db import TenantUnit
from servicekit.http.idempotency_key import SealedAnswer

from cart.carts.domain.cart import Cart
from cart.carts.domain.events import events_of
from cart.carts.domain.pricing import price
from cart.carts.persistence import carts
from cart.carts.persistence.carts import Loaded
from cart.rules.service import CompiledRulesCache


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with its quote, and the rules that made it."""

    cart: Cart
    quote: Quote
    rules: CompiledRules


async def price_loaded(unit: TenantUnit, rules: CompiledRulesCache, loaded: Loaded, now: datetime) -> PricedCart:
    """The cart with its quote at a moment, by the rules that it was read with."""
    return price_new(loaded.cart, await rules.at(unit, loaded.rules_version), now)


def price_new(cart: Cart, rules: CompiledRules, now: datetime) -> PricedCart:
    """A cart that nobody has read, with its quote at a moment."""
    return PricedCart(cart, price(cart, rules, now), rules)


async def save(unit: TenantUnit, priced: PricedCart, answer: SealedAnswer | None = None) -> None:
    """Write the cart with the events that it recorded and the answer; raises LostRace."""
    await carts.save(unit, priced.cart, priced.quote.totals, events_of(priced.cart, priced.quote), answer)


async def insert(unit: TenantUnit, priced: PricedCart, session_hash: bytes | None) -> bool:
    """Write a new, empty cart with its events and what opens it; False when the customer has an open one already."""
    return await carts.insert(unit, priced.cart, events_of(priced.cart, priced.quote), session_hash)
