"""A change of a cart that holds stock: inventory is called between judging it and making it (rules.md 18)."""

from dataclasses import dataclass, replace

from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.intents import Intent
from cart.carts.domain.pricing import price
from cart.carts.domain.records import Updated
from cart.carts.persistence import carts
from cart.carts.persistence.carts import Loaded
from cart.carts.use_cases.answers import answer_change
from cart.carts.use_cases.requests import ChangeRequest
from cart.carts.use_cases.save_change import judge_beside, save_change
from cart.holds import repository
from cart.holds.domain import HoldRequest
from cart.rules.service import CompiledRulesCache


@dataclass(frozen=True, slots=True)
class HeldCartChange:
    """One intent, applied twice under the cart's lock: to judge it, and once its stock is held to save it."""

    rules: CompiledRulesCache
    request: ChangeRequest
    intent: Intent

    async def judge(self, unit: TenantUnit) -> HoldRequest | Answer:
        """What `CartChanger.change_cart` raises and answers; the change is saved at once if no stock has to move.

        Then an overdue change is taken over, and left to be resolved: a cart that holds nothing needs no inventory.
        """
        loaded = await self._load_locked(unit)
        if (earlier := self.request.replay(loaded.earlier)) is not None:
            return earlier
        cart = loaded.cart
        cart.require_no_hold_change()
        cart.require_version(self.request.expected_version)
        done = self._apply(loaded)
        if cart.needs_new_hold:
            await judge_beside(unit, self.request, done)
            if self.request.key is not None:
                await carts.reserve_key(unit, self.request.key)
            return HoldRequest.to_fit(cart)
        answer = await self._write(unit, loaded, done)
        if cart.hold_change is not None:
            await repository.begin_change(unit, HoldRequest.to_fit(cart), lease_seconds=0)
        return answer

    async def save(self, unit: TenantUnit, state: HoldState) -> Answer:
        """Apply the intent again and save it with the answer; nobody could change the cart since it was judged."""
        loaded = await self._load_locked(unit)
        return await self._write(unit, loaded, self._apply(loaded))

    async def _load_locked(self, unit: TenantUnit) -> Loaded:
        """Lock the cart, then read it as it is then, with all that the change needs; raises CartNotFound."""
        request, key = self.request, self.request.key
        await carts.lock(unit, request.selector)
        loaded = await carts.load(
            unit, request.selector, product=self.intent.product, key=(key.identity, key.key) if key else None
        )
        if loaded is None:
            raise errors.CartNotFound()
        return loaded

    def _apply(self, loaded: Loaded) -> Updated:
        return self.intent.apply(loaded.cart, replace(self.request.context, variants=loaded.variants))

    async def _write(self, unit: TenantUnit, loaded: Loaded, done: Updated) -> Answer:
        priced = price(loaded.cart, await self.rules.at(unit, loaded.rules_version), self.request.now)
        self.intent.require_priced(priced, self.request.now)
        answer = answer_change(loaded.cart, priced.quote, done)
        await save_change(unit, self.request, priced, done, answer)
        return answer
