"""Many shoppers adding at once, and a ledger of what each of them saw acknowledged, kept outside the system."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from cartwheel_client import Cartwheel, CartwheelError, GuestCart, Retries
from servicekit.testing.polling import poll

from .shop import Shop

AT_ONCE = 16
CARTS_EACH = 4
NOT_TRACED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
"""The shoppers' own decision that their thousands of clicks are not to be recorded."""


@dataclass
class Ledger:
    """Every acknowledged add as (cart, version that it made), and every answer that was anything else."""

    acknowledged: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many adds were acknowledged."""
        return self.acknowledged.total()


class Crowd:
    """Shoppers who go on adding until they are stopped.

    A token with the scope backfill spares them one person's limits.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stop = asyncio.Event()
        self.ledger = Ledger()

    async def adds(self, more: int) -> float:
        """Wait until so many more adds are acknowledged, and return how many that were a second."""
        loop = asyncio.get_running_loop()
        started, goal = loop.time(), self.ledger.count + more
        await poll(self._acknowledged, lambda count: count >= goal, deadline_seconds=60)
        return more / (loop.time() - started)

    async def shops(self) -> None:
        """Add from many carts at once until stopped."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._shop_alone())

    def goes_home(self) -> None:
        """Let everybody finish the add in hand."""
        self._stop.set()

    async def _acknowledged(self) -> int:
        return self.ledger.count

    async def _shop_alone(self) -> None:
        shop = self._shop
        headers = {"authorization": f"Bearer {shop.stack.tokens.service('crowd', 'backfill')}", **NOT_TRACED}
        async with Cartwheel(
            shop.stack.api_url, shop.company_id, headers=headers, timeout=30, retries=Retries.none()
        ) as cartwheel:
            carts = [cartwheel.guest() for _ in range(CARTS_EACH)]
            for cart in carts:
                await cart.create()
            while not self._stop.is_set():
                for cart in carts:
                    await self._add(cart)

    async def _add(self, cart: GuestCart) -> None:
        try:
            added = await cart.add_item(self._shop.products["mug"])
        except CartwheelError as refused:
            self.ledger.refused.append(str(refused))
        else:
            self.ledger.acknowledged[added.id, added.version] += 1
