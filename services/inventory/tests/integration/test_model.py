"""Any history of holds, orders and corrections leaves the counters that a simple model says (rules.md 17)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inventory.errors import BelowHeld, HoldFailed
from servicekit.db import Database
from servicekit.ids import new_id

from .shop import Shop

SKUS = ("mug", "cup")
CARTS = 3
START = 8

wishes = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 6), min_size=1)
carts = st.integers(0, CARTS - 1)
steps = st.one_of(
    st.tuples(st.just("hold"), carts, wishes),
    st.tuples(st.just("release"), carts),
    st.tuples(st.just("run out"), carts),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("order"), carts, wishes),
    st.tuples(st.just("adjust"), st.sampled_from(SKUS), st.integers(-5, 5)),
)


@dataclass
class Model:
    """What should be: on hand, each cart's open hold, and which of them are past their time."""

    on_hand: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, START))
    holds: dict[int, dict[str, int]] = field(default_factory=dict)
    due: set[int] = field(default_factory=set)
    ordered: set[int] = field(default_factory=set)

    def held(self, sku: str) -> int:
        """All holds of a sku that have not been swept."""
        return sum(hold.get(sku, 0) for hold in self.holds.values())

    def expire(self, carts: Sequence[int]) -> None:
        """End those of these carts' holds that are due."""
        for cart in set(carts) & self.due:
            self.holds.pop(cart)
            self.due.discard(cart)

    def hold(self, cart: int, wish: dict[str, int]) -> bool:
        """Place or replace; due holds that share a sku make room when it is short."""
        self.expire([cart])
        if not self._fits(cart, wish):
            self.expire([other for other, hold in self.holds.items() if set(hold) & set(wish)])
        if self._fits(cart, wish):
            self.holds[cart] = wish
            return True
        return False

    def order(self, cart: int, wish: dict[str, int]) -> None:
        """Give up the hold and take what is ordered, as far as nobody else holds it."""
        self.expire([cart])
        self.holds.pop(cart, None)
        for sku, quantity in wish.items():
            self.on_hand[sku] -= min(quantity, max(self.on_hand[sku] - self.held(sku), 0))

    def _fits(self, cart: int, wish: dict[str, int]) -> bool:
        own = self.holds.get(cart, {})
        return all(self.on_hand[sku] - self.held(sku) + own.get(sku, 0) >= count for sku, count in wish.items())


@given(st.lists(steps, max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_history_ends_as_the_model_says(database: Database, history: list[tuple[object, ...]]) -> None:
    """Every step agrees with the model on what is granted, and nothing is ever negative or oversold."""
    shop, model = Shop(database, new_id()), Model()
    for sku in SKUS:
        await shop.stocks(sku, START)
    ids = [new_id() for _ in range(CARTS)]

    for step in history:
        await take_step(shop, model, ids, step)
        for sku in SKUS:
            assert await shop.counts(sku) == (model.on_hand[sku], model.held(sku))
            assert 0 <= model.held(sku) <= model.on_hand[sku]


async def take_step(shop: Shop, model: Model, ids: list[UUID], step: tuple[object, ...]) -> None:
    """Do the same to the shop and to the model."""
    match step:
        case ("hold", int(cart), dict(wish)) if cart not in model.ordered:
            assert await is_granted(shop, ids[cart], wish) == model.hold(cart, wish)
        case ("release", int(cart)):
            await shop.releases(ids[cart])
            model.holds.pop(cart, None)
            model.due.discard(cart)
        case ("run out", int(cart)):
            await shop.runs_out(ids[cart])
            model.due |= {cart} & set(model.holds)
        case ("sweep",):
            await shop.sweeps()
            model.expire(range(CARTS))
        case ("order", int(cart), dict(wish)) if cart not in model.ordered:
            await shop.sells(ids[cart], wish)
            model.order(cart, wish)
            model.ordered.add(cart)
        case ("adjust", str(sku), int(delta)):
            try:
                await shop.adjusts(sku, delta=delta)
                model.on_hand[sku] += delta
            except BelowHeld:
                assert model.on_hand[sku] + delta < model.held(sku)


async def is_granted(shop: Shop, cart: UUID, wish: dict[str, int]) -> bool:
    """Place a hold and say whether it was granted."""
    try:
        await shop.holds(wish, cart)
    except HoldFailed:
        return False
    return True
