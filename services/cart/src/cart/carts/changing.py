"""The one way in which a cart is changed: load, decide, price, tell, save; and once more if somebody was faster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.base import Actor
from quote import Quote
from servicekit.db import TenantUnit, Unit
from servicekit.errors import Conflict409
from servicekit.ids import new_id

from cart import errors
from cart.carts import domain, facts, lifecycle, repository
from cart.carts.domain import Change, Who
from cart.carts.model import Cart
from cart.carts.repository import KeptAnswer, Loaded, Selector, StoredAnswer
from cart.carts.rulebook import RuleBook

_ATTEMPTS = 3


class Holds(Protocol):
    """What a change asks of inventory while the cart holds stock."""

    async def replace(self, cart: Cart) -> None:
        """Make the cart's hold fit its lines; raises what a refused hold raises, and then nothing is changed."""
        ...


class AnswerKeeper(Protocol):
    """The idempotency key of a request (rules.md 10)."""

    identity: str
    key: str

    def keep(self, answer: "Answer") -> KeptAnswer:
        """The answer as it will be stored."""
        ...

    def replay(self, earlier: StoredAnswer) -> "Answer":
        """The first call's answer; raises IdempotencyKeyReused422 for another request under the same key."""
        ...


@dataclass(slots=True)
class Answer:
    """What the caller gets: rendered before the save, because it may be stored with it."""

    status: int
    body: bytes
    version: int | None = None
    replayed: bool = False
    """This was answered before, under the same idempotency key."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to change one cart: whose, by whom, when, at which version, under which key."""

    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None = None
    keeper: AnswerKeeper | None = None
    product: tuple[UUID, UUID | None] | None = None

    def who(self) -> Who:
        """The actor and the moment, with a fresh id for a line."""
        return Who(self.actor, self.now, new_id())


Decide = Callable[[Loaded, Who], Change]
Render = Callable[[Cart, Quote, Change], Answer]


@dataclass(frozen=True, slots=True)
class Changer:
    """Changes carts; holds what outlives a request."""

    rules: RuleBook
    holds: Holds

    async def run(self, unit: TenantUnit, ask: Ask, decide: Decide, render: Render) -> Answer:
        """Apply one decision to the cart as it is now and save it; concurrent changes are all applied (rules.md 9).

        Raises CartNotFound, whatever `decide` raises, and Conflict409 if others keep being faster.
        """
        for _ in range(_ATTEMPTS):
            loaded = await self._load(unit, ask)
            if loaded.earlier is not None and ask.keeper is not None:
                return ask.keeper.replay(loaded.earlier)
            cart = loaded.cart
            domain.require_version(cart, ask.expected_version)
            change = decide(loaded, ask.who())
            quote = await self.settle(unit, loaded, change, ask)
            answer = render(cart, quote, change)
            kept = ask.keeper.keep(answer) if ask.keeper else None
            if await repository.save(unit, cart, quote, kept):
                return answer
            await repository.lock(unit, cart.id)  # somebody was faster: from here on nobody can be
        raise Conflict409

    async def settle(self, unit: Unit, loaded: Loaded, change: Change, ask: Ask) -> Quote:
        """Wake the cart, fit its hold, price it and append the events of a change."""
        cart = loaded.cart
        woken = lifecycle.reactivate(cart, ask.now) if ask.actor == "shopper" else None
        if (cart.touched or cart.removed) and cart.hold is not None and cart.hold.status == "ACTIVE":
            await self.holds.replace(cart)
        quote = await self.rules.price(unit, loaded, ask.now)
        if woken is not None:
            facts.reactivated(cart, woken, ask.actor, ask.now)
        facts.updated(cart, change, quote, ask.actor, ask.now)
        return quote

    async def _load(self, unit: TenantUnit, ask: Ask) -> Loaded:
        key = (ask.keeper.identity, ask.keeper.key) if ask.keeper else None
        loaded = await repository.load(unit, ask.selector, product=ask.product, key=key)
        if loaded is None:
            raise errors.CartNotFound()
        return loaded
