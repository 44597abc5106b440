"""Creating carts and reading them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Actor
from servicekit.db import TenantUnit, Unit
from servicekit.http.answers import to_json
from servicekit.ids import hash_token, new_id, new_token

from cart import errors
from cart.carts import facts, order_repository, pricing, repository
from cart.carts.changing import Answer
from cart.carts.explanation import explanation_of, ordered_view
from cart.carts.model import Cart, SiteRules
from cart.carts.repository import FoundSite, Selector
from cart.carts.rulebook import RuleBook
from cart.carts.view import cart_view


@dataclass(frozen=True, slots=True)
class NewCart:
    """What a shopper says about the cart to create; currency and site default to the site's and the company's first."""

    currency: str | None
    site_id: UUID | None
    actor: Actor
    now: datetime


def empty_cart(company_id: UUID, site: SiteRules, customer_id: str | None, currency: str, now: datetime) -> Cart:
    """A cart with nothing in it, at version 1."""
    return Cart(
        id=new_id(),
        company_id=company_id,
        site=site,
        customer_id=customer_id,
        status="ACTIVE",
        currency=currency,
        version=1,
        lines=[],
        codes=[],
        created_at=now,
        updated_at=now,
        last_activity_at=now,
        check_at=now + site.abandonment,
        expiry_check_at=now + site.expiration,
        loaded_version=1,
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """The use cases of creating and reading."""

    rules: RuleBook

    async def create_guest_cart(self, unit: TenantUnit, new: NewCart) -> Answer:
        """Make a cart for a guest; the answer has the session token, the only time it is ever told (rules.md 7)."""
        found = await require_site(unit, new.site_id)
        site = found.site
        cart = empty_cart(tenant_of(unit), site, None, new.currency or site.currency, new.now)
        facts.created(cart, new.actor, new.now)
        token = new_token()
        await repository.insert(unit, cart, hash_token(token))
        view = await self._view_of_new(unit, cart, found)
        return Answer(201, to_json({**view, "sessionToken": token}), cart.version)

    async def open_customer_cart(self, unit: TenantUnit, new: NewCart, customer_id: str) -> Answer:
        """The customer's open cart on the site: 201 when it had to be made, 200 when it was there (rules.md 7).

        Raises CurrencyMismatch when another currency is asked for than the open cart has.
        """
        found = await require_site(unit, new.site_id)
        site = found.site
        cart = empty_cart(tenant_of(unit), site, customer_id, new.currency or site.currency, new.now)
        facts.created(cart, new.actor, new.now)
        if await repository.insert(unit, cart, None):
            return Answer(201, to_json(await self._view_of_new(unit, cart, found)), cart.version)
        answer, there = await self.read(unit, Selector.by_customer(customer_id, site.id), new.now)
        if new.currency not in (None, there.currency):
            raise errors.CurrencyMismatch(f"The open cart is in {there.currency}.")
        return answer

    async def read(
        self, unit: TenantUnit, selector: Selector, now: datetime, *, explained: bool = False
    ) -> tuple[Answer, Cart]:
        """The cart as it is now, or as it was ordered; reading is not activity (rules.md 13).

        `explained` adds how the price came about. Raises CartNotFound.
        """
        loaded = await repository.load(unit, selector)
        if loaded is None:
            raise errors.CartNotFound()
        cart = loaded.cart
        if cart.status == "CONVERTED":
            record = await order_repository.order_record(unit, cart.id)
            return Answer(200, to_json(ordered_view(cart, record, now, explained=explained)), cart.version), cart
        rules = await self.rules.of(unit, cart.company_id, loaded.rules_version)
        view = cart_view(cart, pricing.price(cart, rules, now), now)
        if explained:
            view["explanation"] = explanation_of(cart, rules, now)
        return Answer(200, to_json(view), cart.version), cart

    async def _view_of_new(self, unit: Unit, cart: Cart, found: FoundSite) -> dict[str, Any]:
        rules = await self.rules.of(unit, cart.company_id, found.rules_version)
        return cart_view(cart, pricing.price(cart, rules, cart.created_at), cart.created_at)


async def require_site(unit: TenantUnit, site_id: UUID | None) -> FoundSite:
    """The site that the request names, or the company's first; raises SiteNotFound."""
    found = await repository.site(unit, site_id)
    if found is None:
        raise errors.SiteNotFound()
    return found


def tenant_of(unit: TenantUnit) -> UUID:
    """The company of a company's unit; a system unit is a mistake of the caller."""
    if unit.company_id is None:
        raise ValueError("a cart is made in a company's unit")
    return unit.company_id
