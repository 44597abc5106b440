"""What a shopper comes for: to buy, to be reminded, to change their mind."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from simulator.shops.plans import CODES

from chaos.shop import Shop
from chaos.shopping.shopper import Shopper


@dataclass(frozen=True, slots=True)
class Visit:
    """One shopper's way through the shop; `number` is nobody else's."""

    shop: Shop
    shopper: Shopper
    random: Random
    number: int

    async def fill(self) -> None:
        """Take one to three things."""
        for _ in range(self.random.randint(1, 3)):
            await self.shopper.add(self.random.choice(self.shop.products), self.random.randint(1, 3))

    @property
    def email(self) -> str:
        """The shopper's address."""
        return f"shopper-{self.number}@{self.shop.mail_domain}"


async def _buy(visit: Visit) -> None:
    await visit.shopper.take_cart(visit.shop.buying)
    await visit.fill()
    if visit.random.random() < 0.5:
        await visit.shopper.set_quantity(visit.random.randint(1, 4))
    if visit.random.random() < 0.5:
        await visit.shopper.use_code(visit.random.choice(sorted(CODES)))
    await visit.shopper.hold()
    await visit.shopper.order()


async def _buy_at_once(visit: Visit) -> None:
    await visit.shopper.take_cart(visit.shop.buying)
    await visit.fill()
    await visit.shopper.order()


async def _leave_an_address(visit: Visit) -> None:
    await visit.shopper.take_cart(visit.shop.reminding)
    await visit.fill()
    await visit.shopper.leave_address(visit.email)


async def _change_ones_mind(visit: Visit) -> None:
    await visit.shopper.take_cart(visit.shop.buying)
    await visit.fill()
    await visit.shopper.hold()
    await visit.shopper.add(visit.random.choice(visit.shop.products), 1)
    await visit.shopper.release()
    await visit.shopper.remove_first()


async def _hold_and_forget(visit: Visit) -> None:
    await visit.shopper.take_cart(visit.shop.buying)
    await visit.fill()
    await visit.shopper.hold()


Journeys = Sequence[tuple[Callable[[Visit], Awaitable[None]], int]]
"""Each with how many of a hundred shoppers take it."""
JOURNEYS: Final[Journeys] = (
    (_buy, 35),
    (_buy_at_once, 15),
    (_leave_an_address, 25),
    (_change_ones_mind, 15),
    (_hold_and_forget, 10),
)
LEAVING: Final[Journeys] = ((_leave_an_address, 100),)
"""Everybody leaves a cart and an address."""


async def go(visit: Visit, journeys: Journeys) -> None:
    """Take one of the journeys."""
    ways, shares = zip(*journeys, strict=True)
    (journey,) = visit.random.choices(ways, shares)
    await journey(visit)
