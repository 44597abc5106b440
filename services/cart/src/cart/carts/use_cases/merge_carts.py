"""Sign in with a guest's cart: it is merged into the customer's, or becomes it (rules.md 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.base import Actor
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer
from servicekit.ids import new_id

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.merging import MergeChange
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.domain.values import CustomerTerms, MergeStrategy
from cart.carts.persistence import carts, orders
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_view
from cart.carts.use_cases.change import CartChanger
from cart.carts.view import cart_view, merge_changes_view
from cart.lists.use_cases.merge_lists import merge_lists


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signed in, and the guest session that they bring along; without a strategy the site's is used."""

    customer_id: str
    session_hash: bytes
    strategy: MergeStrategy | None
    actor: Actor
    now: datetime
    terms: CustomerTerms | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The cart that is the customer's now, and what the merge changed in it."""

    cart_id: UUID
    changes: list[MergeChange]


@dataclass(frozen=True, slots=True)
class MergeCarts:
    """Unite a guest's cart with the customer's open one, or make it theirs; applied again, it changes nothing."""

    customer_id: str
    strategy: MergeStrategy | None
    first_order: bool

    def apply(self, carts: Sequence[Cart], context: ChangeContext) -> Merged:
        """Unite the carts of `Selector.for_sign_in`: the guest's, and the customer's open one where there is one.

        Raises CartNotFound without a cart and for one that is somebody else's, CurrencyMismatch, and what a final cart
        raises.
        """
        customer = next((cart for cart in carts if cart.customer_id == self.customer_id and cart.is_open), None)
        guest = next((cart for cart in carts if cart is not customer), customer)
        if guest is None:
            raise errors.CartNotFound()
        if guest.customer_id == self.customer_id or guest.merged_into is not None:
            return Merged(guest.merged_into or guest.id, [])
        if guest.customer_id is not None:
            raise errors.CartNotFound()
        guest.require_open(context.now)
        if customer is None:
            guest.first_order = self.first_order
            guest.adopt_owner(self.customer_id, context)
            return Merged(guest.id, [])
        return Merged(customer.id, customer.merge(guest, self.strategy or customer.site.merge_strategy, context))


@dataclass(frozen=True, slots=True)
class CartMerger:
    """Merges carts; one for the life of the process."""

    changer: CartChanger

    async def merge_carts(self, unit: TenantUnit, who: SignIn) -> Answer:
        """Merge the guest's cart and lists into the customer's, or make them theirs; a retry changes nothing.

        Raises CartNotFound for a token that opens nothing, CurrencyMismatch, and what a final cart raises.
        """
        first_order = not await orders.has_ordered(unit, who.customer_id)
        context = ChangeContext(who.actor, who.now, new_id, terms=who.terms)
        changed = await self.changer.change_locked_carts(
            unit,
            Selector.for_sign_in(who.session_hash, who.customer_id),
            MergeCarts(who.customer_id, who.strategy, first_order),
            context,
        )
        merged = changed.outcome
        priced = changed.cart(merged.cart_id) or await self._merged_before(unit, merged.cart_id, who)
        await merge_lists(unit, who.session_hash, who.customer_id, priced.cart.site.id, context)
        report = merge_changes_view(merged.changes)
        view = {**cart_view(priced.cart, priced.quote, who.now), "mergeChanges": report}
        return answer_view(view, priced.cart.version)

    async def _merged_before(self, unit: TenantUnit, cart_id: UUID, who: SignIn) -> PricedCart:
        """The cart that an earlier sign-in merged the guest's into, which is final by now."""
        loaded = await carts.load(unit, Selector.by_customer_and_id(who.customer_id, cart_id))
        if loaded is None:
            raise errors.CartNotFound()
        return price(loaded.cart, await self.changer.rules.at(unit, loaded.rules_version), who.now)
