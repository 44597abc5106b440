"""How the drill's shoppers shop: one step at each arrival, and what they saw in the ledger of their shop."""

from collections.abc import AsyncGenerator, Callable
from random import Random
from typing import Final

from simulator.demo.journeys import CODE
from simulator.demo.shopper import Shopper

Journey = Callable[[Shopper], AsyncGenerator[None]]
"""Does one step before each time that it yields, and its last one before it ends."""


async def buys(shopper: Shopper) -> AsyncGenerator[None]:
    """Fills a cart, looks, types a code, has the stock held, and orders."""
    async for _ in _fills(shopper, 3):
        yield
    await shopper.see_upsells()
    yield
    if shopper.random.random() < 0.3:
        await shopper.try_code(CODE, works=True)
        yield
    async for _ in _orders(shopper):
        yield


async def signs_in(shopper: Shopper) -> AsyncGenerator[None]:
    """Fills a cart as a guest, takes it along when signing in, and orders it."""
    async for _ in _fills(shopper, 2):
        yield
    await shopper.merge_into(None)
    yield
    async for _ in _orders(shopper):
        yield


async def leaves(shopper: Shopper) -> AsyncGenerator[None]:
    """Leaves an address and a full cart: to be reminded by mail."""
    async for _ in _fills(shopper, 2):
        yield
    await shopper.leave_address()


async def changes_mind(shopper: Shopper) -> AsyncGenerator[None]:
    """Fills a cart, wants more of a thing, then none of it."""
    async for _ in _fills(shopper, 2):
        yield
    for line in await shopper.look():
        yield
        await shopper.set_quantity(line.id, 2)
        yield
        await shopper.remove(line.id)


JOURNEYS: Final = ((buys, 5), (signs_in, 2), (leaves, 1), (changes_mind, 2))
"""Each kind of shopper, and how many of ten are of it."""


def choose(random: Random) -> Journey:
    """One kind, by its weight."""
    return random.choices([kind for kind, _ in JOURNEYS], [weight for _, weight in JOURNEYS])[0]


async def _fills(shopper: Shopper, things: int) -> AsyncGenerator[None]:
    await shopper.take_cart()
    yield
    for _ in range(things):
        await shopper.add_something()
        yield
        await shopper.look()
        yield


async def _orders(shopper: Shopper) -> AsyncGenerator[None]:
    if shopper.note.items and await shopper.hold():
        yield
        await shopper.order()
