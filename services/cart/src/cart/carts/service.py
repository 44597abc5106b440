"""What a shopper, staff, or a service on a shopper's behalf does with a cart: the use cases of one cart's changes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from quote import Quote
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409
from servicekit.http.answers import to_json

from cart import errors
from cart.carts import domain, facts
from cart.carts.changing import Answer, Ask, Changer
from cart.carts.domain import Change, Wanted, Who
from cart.carts.model import AppliedCode, Cart, Snapshot
from cart.carts.repository import Loaded
from cart.carts.view import cart_view
from cart.clients import Catalogue, Codes


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a shopper may be reached about this cart."""

    email: str
    consent: bool
    locale: str | None


@dataclass(frozen=True, slots=True)
class Shopping:
    """The use cases, with what they work through; one for the life of the process."""

    changer: Changer
    catalogue: Catalogue
    codes: Codes
    code_lifetime: timedelta

    async def add_item(self, unit: TenantUnit, ask: Ask, wanted: Wanted) -> Answer:
        """Add a product; the same variant again adds up (rules.md 8). A product not yet heard of is asked for once."""
        ask = replace(ask, product=(wanted.product_id, wanted.variant_id))
        fetched: list[Snapshot] = []

        def decide(loaded: Loaded, who: Who) -> Change:
            return domain.add_item(loaded.cart, wanted, loaded.variants or fetched, who)

        try:
            return await self.changer.run(unit, ask, decide, answer_cart)
        except errors.ProductNotFound:
            fetched.extend(await self.catalogue.fetch(unit, wanted.product_id, wanted.variant_id))
            return await self.changer.run(unit, ask, decide, answer_cart)

    async def set_quantity(self, unit: TenantUnit, ask: Ask, line_id: UUID, quantity: int) -> Answer:
        """Set a line's quantity, 1 or more."""
        return await self.changer.run(
            unit, ask, lambda loaded, who: domain.set_quantity(loaded.cart, line_id, quantity, who), answer_cart
        )

    async def remove_item(self, unit: TenantUnit, ask: Ask, line_id: UUID) -> Answer:
        """Take a line out."""
        return await self.changer.run(
            unit, ask, lambda loaded, who: domain.remove_item(loaded.cart, line_id, who), answer_cart
        )

    async def clear(self, unit: TenantUnit, ask: Ask) -> Answer:
        """Take every line out."""
        return await self.changer.run(unit, ask, lambda loaded, who: domain.clear(loaded.cart, who), answer_cart)

    async def resolve_code(self, cart: Cart, code: str, now: datetime) -> AppliedCode:
        """Ask pricing what a code stands for on this cart; to be called while no unit is open.

        Raises what a final cart raises, the code's own refusal, and ServiceUnavailable503: then nothing is changed.
        """
        domain.require_open(cart, now)
        rule = await self.codes.resolve(cart, code)
        return AppliedCode(code.upper(), rule, now + self.code_lifetime)

    async def apply_code(self, unit: TenantUnit, ask: Ask, cart_id: UUID, code: AppliedCode) -> Answer:
        """Put a resolved code on the cart that it was resolved for; Conflict409 when the caller has another by now."""

        def decide(loaded: Loaded, who: Who) -> Change:
            if loaded.cart.id != cart_id:
                raise Conflict409("The cart was replaced while the code was looked up.")
            return domain.apply_code(loaded.cart, code, who)

        return await self.changer.run(unit, ask, decide, answer_cart)

    async def remove_code(self, unit: TenantUnit, ask: Ask, code: str) -> Answer:
        """Take a code off the cart."""
        return await self.changer.run(
            unit, ask, lambda loaded, who: domain.remove_code(loaded.cart, code, who), answer_cart
        )

    async def set_contact(self, unit: TenantUnit, ask: Ask, contact: Contact) -> Answer:
        """Tell recovery where the shopper may be reached; the address is stored nowhere in this service."""

        def decide(loaded: Loaded, who: Who) -> Change:
            change = domain.set_contact(loaded.cart, who)
            facts.contact_set(loaded.cart, contact.email, contact.consent, contact.locale, who.actor, who.now)
            return change

        return await self.changer.run(unit, ask, decide, answer_cart)


def answer_cart(cart: Cart, quote: Quote, change: Change) -> Answer:
    """The whole cart: 201 when a line was made, else 200 (api.md, "Shapes")."""
    return Answer(201 if change.made_line else 200, to_json(cart_view(cart, quote, cart.updated_at)), cart.version)
