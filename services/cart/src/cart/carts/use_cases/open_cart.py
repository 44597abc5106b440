"""Create carts: a guest's, and the one that a customer has open on a site (rules.md 7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.base import Actor
from servicekit.db import TenantUnit
from servicekit.errors import LostRaces409
from servicekit.http.answers import Answer
from servicekit.ids import hash_token, new_id, new_token

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.domain.values import CustomerTerms
from cart.carts.persistence import carts, site_policies
from cart.carts.persistence.carts import LostRace
from cart.carts.persistence.selectors import Selector
from cart.carts.persistence.site_policies import FoundSite
from cart.carts.use_cases.answers import answer_view
from cart.carts.use_cases.read_cart import keep_new_terms
from cart.carts.view import cart_view
from cart.lists import repository as lists
from cart.rules.service import CompiledRulesCache

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class NewCart:
    """What a shopper says about the cart to create; currency and site default to the site's and the company's first.

    `visitor_id` is by what the storefront recognises the browser: support finds a visitor's carts by it.
    """

    currency: str | None
    site_id: UUID | None
    actor: Actor
    now: datetime
    visitor_id: str | None = None
    terms: CustomerTerms | None = None
    earlier_session: bytes | None = None
    """The session of a guest's cart before, whose lists go along once that cart is over."""


@dataclass(frozen=True, slots=True)
class CartOpener:
    """Creates carts; one for the life of the process."""

    rules: CompiledRulesCache

    async def create_guest_cart(self, unit: TenantUnit, new: NewCart) -> Answer:
        """Make a cart for a guest; the answer has the session token, the only time it is shown (rules.md 7).

        Who brings along the session of a cart that was ordered or has expired keeps their wishlist and comparison.
        """
        made = await self._new_cart(unit, new, None, await require_site(unit, new.site_id))
        token = new_token()
        await carts.insert(unit, made, hash_token(token))
        if new.earlier_session is not None:
            await lists.follow(unit, new.earlier_session, hash_token(token), made.cart.site.id)
        return answer_view({**_view(made, new.now), "sessionToken": token}, made.cart.version, 201)

    async def open_customer_cart(self, unit: TenantUnit, new: NewCart, customer_id: str) -> Answer:
        """The customer's open cart on the site: 201 when it had to be made, 200 when it was there (rules.md 7).

        Raises SiteNotFound, CurrencyMismatch when the open cart is in another currency than the one that is wanted, and
        LostRaces409 when others keep opening and ending carts in between.
        """
        found = await require_site(unit, new.site_id)
        for _ in range(_ATTEMPTS):
            made = await self._new_cart(unit, new, customer_id, found)
            try:
                await carts.insert(unit, made, None)
            except LostRace:
                pass  # the customer has one already, which is answered
            else:
                return answer_view(_view(made, new.now), made.cart.version, 201)
            there = await carts.load(unit, Selector.by_customer(customer_id, found.site.id))
            if there is not None:
                if new.currency not in (None, there.cart.currency):
                    raise errors.CurrencyMismatch("The open cart is in {currency}.", currency=there.cart.currency)
                await keep_new_terms(unit, there.cart, new.terms, new.now)
                freeze = there.cart.freeze_at(new.now)
                priced = price(there.cart, await self.rules.of_cart(unit, freeze, there.rules_version), new.now)
                return answer_view(_view(priced, new.now), priced.cart.version)
        raise LostRaces409

    async def _new_cart(self, unit: TenantUnit, new: NewCart, customer_id: str | None, found: FoundSite) -> PricedCart:
        site, context = found.site, ChangeContext(new.actor, new.now, new_id, terms=new.terms)
        cart = Cart.create(unit.company_id, site, customer_id, new.currency or site.currency, context)
        cart.visitor_id = new.visitor_id
        return price(cart, await self.rules.at(unit, found.rules_version), new.now)


async def require_site(unit: TenantUnit, site_id: UUID | None) -> FoundSite:
    """The site that the request names, or the company's first; raises SiteNotFound."""
    found = await site_policies.find(unit, site_id)
    if found is None:
        raise errors.SiteNotFound()
    return found


def _view(priced: PricedCart, now: datetime) -> dict[str, object]:
    return cart_view(priced.cart, priced.quote, now)
