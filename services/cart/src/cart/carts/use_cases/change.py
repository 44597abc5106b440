"""The two ways in which carts are changed, and the one place where a lost race is decided.

Both go straight down: read, apply the intent, let the hold follow, price, publish and save. `change_cart` takes no
lock and saves on condition of the version that it read; `change_locked_carts` locks its carts in the order of their
ids. Who lost a race all the same applies the intent again, to the carts as they are then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from contracts.base import Actor
from servicekit.db import TenantUnit
from servicekit.errors import LostRaces409
from servicekit.http.answers import Answer
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.ids import new_id

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.intents import Intent
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.persistence import carts
from cart.carts.persistence.carts import Loaded, LostRace
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_change
from cart.rules.service import CompiledRulesCache

_ATTEMPTS = 3

OutcomeT_co = TypeVar("OutcomeT_co", covariant=True)
OutcomeT = TypeVar("OutcomeT")


class Holds(Protocol):
    """What a change asks of inventory while the cart holds stock."""

    async def replace(self, cart: Cart) -> None:
        """Make the cart's hold fit its lines; raises what a refused hold raises, and then nothing is changed."""
        ...


class CartsIntent(Protocol[OutcomeT_co]):
    """A change of several carts, or of one that has to be locked: a frozen value."""

    def apply(self, carts: Sequence[Cart], context: ChangeContext) -> OutcomeT_co:
        """Change the carts, which are those that the selector found; or raise a refusal."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """Whose cart is to be changed, by whom and when, at which version (If-Match), under which idempotency key."""

    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None = None
    key: IdempotencyKey | None = None

    @property
    def context(self) -> ChangeContext:
        """Who changes the cart and when, as its methods take it."""
        return ChangeContext(self.actor, self.now, new_id)


@dataclass(frozen=True, slots=True)
class LockedChange(Generic[OutcomeT]):
    """What an intent answered, and the carts that were locked for it, changed or not, as they are now."""

    outcome: OutcomeT
    carts: list[PricedCart]

    def cart(self, cart_id: UUID) -> PricedCart | None:
        """The locked cart with this id."""
        return next((priced for priced in self.carts if priced.cart.id == cart_id), None)


@dataclass(frozen=True, slots=True)
class CartChanger:
    """Changes carts; one for the life of the process."""

    rules: CompiledRulesCache
    holds: Holds

    async def change_cart(
        self, unit: TenantUnit, request: ChangeRequest, intent: Intent, found: Loaded | None = None
    ) -> Answer:
        """Apply the intent to the cart as it is now and save it; concurrent changes are all applied (rules.md 9).

        `found` is the cart as it was read before, by the same selector: if it has changed since, it is read again.

        Answers the whole cart, under an idempotency key what the first call was answered (rules.md 10). Raises
        CartNotFound, VersionMismatch where an If-Match does not fit, whatever the intent raises, and LostRaces409 if
        others keep being faster.
        """
        for _ in range(_ATTEMPTS):
            loaded, found = found or await self._load(unit, request, intent), None
            if loaded.earlier is not None and request.key is not None:
                return request.key.replay(loaded.earlier)
            cart = loaded.cart
            cart.require_version(request.expected_version)
            done = intent.apply(cart, replace(request.context, variants=loaded.variants))
            priced = await self._complete(unit, loaded, request.now)
            answer = answer_change(cart, priced.quote, done)
            try:
                await carts.save(unit, priced, request.key.seal(answer) if request.key else None)
            except LostRace:
                await carts.lock(unit, Selector.by_id(cart.id))  # from here on nobody can be faster
            else:
                return answer
        raise LostRaces409

    async def change_locked_carts(
        self, unit: TenantUnit, selector: Selector, intent: CartsIntent[OutcomeT], context: ChangeContext
    ) -> LockedChange[OutcomeT]:
        """Lock the carts in the order of their ids, apply the intent and save those that it changed, all or none.

        Raises whatever the intent raises, and LostRaces409 if others keep being faster.
        """
        for _ in range(_ATTEMPTS):
            try:
                async with unit.savepoint():
                    found = await carts.load_locked(unit, selector)
                    outcome = intent.apply([loaded.cart for loaded in found], context)
                    return LockedChange(outcome, [await self._save_if_changed(unit, one, context.now) for one in found])
            except LostRace:
                continue
        raise LostRaces409

    async def _save_if_changed(self, unit: TenantUnit, loaded: Loaded, now: datetime) -> PricedCart:
        priced = await self._complete(unit, loaded, now)
        if loaded.cart.recorded:
            await carts.save(unit, priced)
        return priced

    async def _complete(self, unit: TenantUnit, loaded: Loaded, now: datetime) -> PricedCart:
        """Let the hold follow changed quantities, then price the cart; raises what a refused hold raises."""
        if loaded.cart.needs_new_hold:
            await self.holds.replace(loaded.cart)
        return price(loaded.cart, await self.rules.at(unit, loaded.rules_version), now)

    async def _load(self, unit: TenantUnit, request: ChangeRequest, intent: Intent) -> Loaded:
        key = (request.key.identity, request.key.key) if request.key else None
        loaded = await carts.load(unit, request.selector, product=intent.product, key=key)
        if loaded is None:
            raise errors.CartNotFound()
        return loaded
