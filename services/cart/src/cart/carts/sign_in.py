"""The use case of signing in with a guest's cart (rules.md 11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from contracts.base import Actor
from servicekit.db import TenantUnit, Unit
from servicekit.http.answers import to_json
from servicekit.ids import new_id

from cart import errors
from cart.carts import domain, facts, lifecycle, merging, repository
from cart.carts.changing import Answer, Changer
from cart.carts.domain import Change
from cart.carts.merging import MergeChange, Strategy
from cart.carts.model import Cart
from cart.carts.repository import Loaded, Selector
from cart.carts.view import cart_view


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signed in, and the guest session that they bring along."""

    customer_id: str
    session_hash: bytes
    strategy: Strategy | None
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges carts; holds what outlives a request."""

    changer: Changer

    async def merge_carts(self, unit: TenantUnit, who: SignIn) -> Answer:
        """Merge the guest's cart into the customer's, or make it theirs; a retry answers the same cart, unchanged.

        Raises CartNotFound for a token that opens nothing, CurrencyMismatch, and what a final cart raises.
        """
        guest = await self._lock_and_load(unit, Selector.by_session(who.session_hash))
        if guest is None:
            raise errors.CartNotFound()
        if guest.cart.customer_id == who.customer_id or guest.cart.merged_into is not None:
            return await self._already_merged(unit, guest.cart, who)
        domain.require_open(guest.cart, who.now)
        if guest.cart.customer_id is not None:
            raise errors.CartNotFound()
        customer = await self._lock_and_load(unit, Selector.by_customer(who.customer_id, guest.cart.site.id))
        if customer is None:
            return await self._adopt(unit, guest, who)
        return await self._unite(unit, guest, customer, who)

    async def _lock_and_load(self, unit: TenantUnit, selector: Selector) -> Loaded | None:
        found = await repository.load(unit, selector)
        if found is None:
            return None
        await repository.lock(unit, found.cart.id)
        return await repository.load(unit, selector)

    async def _already_merged(self, unit: TenantUnit, guest: Cart, who: SignIn) -> Answer:
        cart_id = guest.merged_into or guest.id
        loaded = await repository.load(unit, Selector.by_customer_and_id(who.customer_id, cart_id))
        if loaded is None:
            raise errors.CartNotFound()
        return await self._answer(unit, loaded, [], who.now)

    async def _adopt(self, unit: Unit, guest: Loaded, who: SignIn) -> Answer:
        """The customer had no open cart: the guest's becomes theirs."""
        cart = guest.cart
        cart.customer_id = who.customer_id
        cart.version += 1
        cart.updated_at = cart.last_activity_at = who.now
        woken = lifecycle.reactivate(cart, who.now)
        if woken is not None:
            facts.reactivated(cart, woken, who.actor, who.now)
        await self._write(unit, guest, who)
        return await self._answer(unit, guest, [], who.now)

    async def _unite(self, unit: Unit, guest: Loaded, customer: Loaded, who: SignIn) -> Answer:
        strategy = who.strategy or cast("Strategy", customer.cart.site.merge_strategy)
        domain.require_open(customer.cart, who.now)
        woken = lifecycle.reactivate(customer.cart, who.now)
        if woken is not None:
            facts.reactivated(customer.cart, woken, who.actor, who.now)
        changes = merging.merge(guest.cart, customer.cart, strategy, new_id, who.now)
        facts.merged(guest.cart, customer.cart.id, strategy, who.now)
        guest_quote = await self.changer.rules.price(unit, guest, who.now)
        if not await repository.save(unit, guest.cart, guest_quote):
            raise errors.VersionMismatch()
        await self._write(unit, customer, who)
        return await self._answer(unit, customer, changes, who.now)

    async def _write(self, unit: Unit, loaded: Loaded, who: SignIn) -> None:
        if loaded.cart.hold is not None and loaded.cart.hold.status == "ACTIVE" and loaded.cart.touched:
            await self.changer.holds.replace(loaded.cart)
        quote = await self.changer.rules.price(unit, loaded, who.now)
        facts.updated(loaded.cart, Change("MERGED_IN"), quote, who.actor, who.now)
        if not await repository.save(unit, loaded.cart, quote):
            raise errors.VersionMismatch()

    async def _answer(self, unit: Unit, loaded: Loaded, changes: list[MergeChange], now: datetime) -> Answer:
        quote = await self.changer.rules.price(unit, loaded, now)
        report = [
            {"itemId": c.line_id, "sku": c.sku, "kind": c.kind, "from": c.from_, "to": c.to, "reason": c.reason}
            for c in changes
        ]
        view = {**cart_view(loaded.cart, quote, now), "mergeChanges": report}
        return Answer(200, to_json(view), loaded.cart.version)
