"""Everybody who shops during a run."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Final

from cartwheel_client import Orders, Retries
from localservers.concurrency import at_once
from simulator.demo.browser import transport_of
from simulator.stack import Stack

from chaos.shop import Shop
from chaos.shopping.commands import Commands, NotAccepted
from chaos.shopping.journeys import JOURNEYS, Journeys, Visit, go
from chaos.shopping.shopper import Shopper

_TIMEOUT_SECONDS: Final = 10.0
"""After which a shopper gives an attempt up: what stands still is not waited for."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many shoppers at a time, each from an address of their own; who does what is the same for the same seed."""

    stack: Stack
    shop: Shop
    commands: Commands
    shoppers: int
    seed: int
    journeys: Journeys = JOURNEYS

    @asynccontextmanager
    async def shopping(self) -> AsyncGenerator[None]:
        """Let them shop while the block runs, and wait until each has finished the journey begun."""
        stop, numbers = asyncio.Event(), count(1)
        orders = self.stack.cart_service(
            self.shop.company_id, connections=self.shoppers, retries=Retries.none(), timeout=_TIMEOUT_SECONDS
        )
        async with orders, at_once() as group:
            order_system = orders.orders(self.stack.tokens.service("order-system"))
            for _ in range(self.shoppers):
                group.create_task(self._shop_until(stop, numbers, order_system))
            try:
                yield
            finally:
                stop.set()

    async def _shop_until(self, stop: asyncio.Event, numbers: "count[int]", orders: Orders) -> None:
        while not stop.is_set():
            number = next(numbers)
            random = Random(f"{self.seed}/{number}")
            async with self.stack.gateway(
                self.shop.company_id,
                transport=transport_of(number),
                retries=Retries.none(),
                timeout=_TIMEOUT_SECONDS,
            ) as cartwheel:
                shopper = Shopper(self.commands, cartwheel, orders)
                with suppress(NotAccepted):  # in the ledger, where the checks find it
                    await go(Visit(self.shop, shopper, random, number), self.journeys)
