"""The two ways in which carts are changed, and the one place where a lost race is decided.

Both go straight down: read, apply the intent, price, publish and save. `change_cart` takes no lock and saves on
condition of the version that it read; `change_locked_carts` locks its carts in the order of their ids. Who lost a race
all the same applies the intent again, to the carts as they are then. Where stock has to move with a change,
`change_held_cart` makes it, around a call of inventory.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.errors import LostRaces409
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.intents import Intent
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.persistence import carts
from cart.carts.persistence.carts import Loaded, LostRace
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_change
from cart.carts.use_cases.change_held_cart import HeldCartChange
from cart.carts.use_cases.requests import ChangeRequest
from cart.carts.use_cases.save_change import save_change
from cart.holds import repository as hold_changes
from cart.holds.domain import HoldRequest
from cart.holds.use_cases.change_hold import HoldChanger
from cart.rules.service import CompiledRulesCache

_ATTEMPTS = 3

OutcomeT_co = TypeVar("OutcomeT_co", covariant=True)
OutcomeT = TypeVar("OutcomeT")


class CartsIntent(Protocol[OutcomeT_co]):
    """A change of several carts, or of one that has to be locked: a frozen value."""

    def apply(self, carts: Sequence[Cart], context: ChangeContext) -> OutcomeT_co:
        """Change the carts, which are those that the selector found; or raise a refusal."""


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
    holds: HoldChanger

    async def change_cart(
        self, unit: TenantUnit, request: ChangeRequest, intent: Intent, found: Loaded | None = None
    ) -> Answer:
        """Apply the intent to the cart as it is now and save it; concurrent changes are all applied (rules.md 9).

        `found` is the cart as it was read before, by the same selector: if it has changed since, it is read again.

        Answers the whole cart, under an idempotency key what the first call was answered (rules.md 10). Raises
        CartNotFound, VersionMismatch where an If-Match does not fit, whatever the intent raises, what a refused hold
        raises, and LostRaces409 if others keep being faster. While inventory is called the unit is suspended.
        """
        for _ in range(_ATTEMPTS):
            loaded, found = found or await self._load(unit, request, intent), None
            if (earlier := request.replay(loaded.earlier)) is not None:
                return earlier
            cart = loaded.cart
            cart.require_version(request.expected_version)
            done = intent.apply(cart, replace(request.context, variants=loaded.variants))
            if cart.needs_new_hold or cart.hold_change is not None:
                return await self._change_held(unit, request, intent)
            priced = price(cart, await self.rules.at(unit, loaded.rules_version), request.now)
            intent.require_priced(priced, request.now)
            answer = answer_change(cart, priced.quote, done)
            try:
                await save_change(unit, request, priced, done, answer)
            except LostRace:
                await carts.lock(unit, Selector.by_id(cart.id))  # from here on nobody can be faster
            else:
                return answer
        raise LostRaces409

    async def _change_held(self, unit: TenantUnit, request: ChangeRequest, intent: Intent) -> Answer:
        if not unit.can_be_suspended:
            raise errors.HoldChanging
        async with unit.suspended():
            return await self.holds.run(unit.company_id, HeldCartChange(self.rules, request, intent))

    async def change_locked_carts(
        self,
        unit: TenantUnit,
        selector: Selector,
        intent: CartsIntent[OutcomeT],
        context: ChangeContext,
        order_id: str | None = None,
    ) -> LockedChange[OutcomeT]:
        """Lock the carts in the order of their ids, apply the intent and save those that it changed, all or none.

        Where lines of a cart that holds stock were changed, the hold is made to fit them within a second, or given back
        (`ChangeResolver`). `order_id` is the order that the change is part of. Raises whatever the intent raises,
        HoldChanging while the hold of one of the carts is being changed (`when_no_hold_changes` waits for it), and
        LostRaces409 if others keep being faster.
        """
        for _ in range(_ATTEMPTS):
            with suppress(LostRace):
                async with unit.savepoint():
                    found = await carts.load_locked(unit, selector)
                    for loaded in found:
                        loaded.cart.require_no_hold_change(order_id)
                    outcome = intent.apply([loaded.cart for loaded in found], context)
                    return LockedChange(outcome, [await self._save_if_changed(unit, one, context.now) for one in found])
        raise LostRaces409

    async def _save_if_changed(self, unit: TenantUnit, loaded: Loaded, now: datetime) -> PricedCart:
        cart = loaded.cart
        priced = price(cart, await self.rules.of_cart(unit, cart.freeze_at(now), loaded.rules_version), now)
        if not cart.is_changed:
            return priced
        has_to_fit = cart.needs_new_hold or cart.hold_change is not None
        await carts.save(unit, priced)
        if has_to_fit:
            await hold_changes.begin_change(unit, HoldRequest.to_fit(cart), lease_seconds=0)
        return priced

    async def _load(self, unit: TenantUnit, request: ChangeRequest, intent: Intent) -> Loaded:
        key = (request.key.identity, request.key.key) if request.key else None
        loaded = await carts.load(unit, request.selector, product=intent.product, key=key)
        if loaded is None:
            raise errors.CartNotFound()
        return loaded
