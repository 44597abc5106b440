"""Shoppers who come one after the other, each with a cart: filled, and every second one ordered."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import AnyCart, Cartwheel, CartwheelError, Orders, Retries, every
from cartwheel_client.models.cart import CreateSite
from localservers.concurrency import at_once
from simulator.demo.browser import transport_of
from simulator.merchant import Merchant
from simulator.stack import Stack

from restore_drill.ledger import Accepted, Ledger, now

CURRENCY = "USD"
PRODUCTS = 20
ON_HAND = 1_000_000
"""Of each product: nobody is refused for want of stock."""
_PAUSE_SECONDS = 0.05
_LINES = 3


@dataclass(slots=True)
class Shop:
    """The company of one drill; `products` are what it sells, `refused` counts commands that were not accepted."""

    stack: Stack
    ledger: Ledger
    company_id: UUID = field(default_factory=lambda: UUID(str(ids.uuid7())))
    products: Sequence[UUID] = ()
    refused: int = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def open(self) -> None:
        """Make the company with its catalogue and a site whose carts are not abandoned."""
        async with self.stack.gateway(self.company_id) as cartwheel:
            merchant = Merchant(cartwheel, self.stack.tokens)
            await merchant.found_company("Cartwheel restore drill")
            await merchant.import_products(
                {
                    "handle": f"article-{number}",
                    "title": f"Article {number}",
                    "variants": [
                        {"sku": f"article-{number}", "prices": {CURRENCY: 1000 + number}, "stock": ON_HAND},
                    ],
                }
                for number in range(PRODUCTS)
            )
            await _open_site(merchant)
            listed = every(merchant.staff.catalogue.list_products, limit=100)
            self.products = [product.id async for product in listed]

    async def open_site(self) -> None:
        """Open a further site; shoppers go on at the first."""
        async with self.stack.gateway(self.company_id) as cartwheel:
            await _open_site(Merchant(cartwheel, self.stack.tokens))

    async def shop_until(self, stop: asyncio.Event, *, shoppers: int) -> None:
        """Let so many shop at a time until `stop` is set; a command that is not accepted ends its shopper's cart."""
        orders = self.stack.cart_service(self.company_id, connections=shoppers, retries=Retries.none())

        async def one_after_the_other() -> None:
            while not stop.is_set():
                try:
                    await self.shop_once(order_system.orders(self.stack.tokens.service("order-system")))
                except CartwheelError:
                    self.refused += 1
                await asyncio.sleep(_PAUSE_SECONDS)

        async with orders as order_system, at_once() as group:
            for _ in range(shoppers):
                group.create_task(one_after_the_other())

    async def shop_once(self, orders: Orders) -> None:
        """Fill a cart, and order every second one; raises CartwheelError for a command that was not accepted."""
        number = next(self._numbers)
        client = self.stack.gateway(self.company_id, transport=transport_of(number), retries=Retries.none())
        async with client as cartwheel:
            await self._shop(cartwheel, orders, number)

    async def _shop(self, cartwheel: Cartwheel, orders: Orders, number: int) -> None:
        guest, sent = cartwheel.guest(), now()
        created = await guest.create(currency=CURRENCY)
        note = _noter(self.ledger, str(created.id))
        note(created, sent)
        for line in range(_LINES):
            sent = now()
            cart = await guest.add_item(self.products[(number + line) % len(self.products)], 1 + number % 2)
            note(cart, sent)
        if number % 2:
            sent = now()
            ordered = await orders.convert(cart.id, f"order-{cart.id}", expected_total=cart.totals.total)
            answer = Accepted(
                cart_id=str(cart.id),
                version=cart.version + 1,
                status="CONVERTED",
                total=ordered.totals.total,
                quantity=ordered.totals.item_count,
                sent=sent,
                answered=now(),
            )
            self.ledger.accept(answer)


async def _open_site(merchant: Merchant) -> None:
    site = CreateSite(
        id=UUID(str(ids.uuid7())), name="Drill", currency=CURRENCY, timezone="UTC", abandonment_seconds=2_000_000_000
    )
    await merchant.open_site(site)


def _noter(ledger: Ledger, cart_id: str) -> Callable[[AnyCart, datetime], None]:
    def note(cart: AnyCart, sent: datetime) -> None:
        totals = cart.totals
        ledger.accept(
            Accepted(cart_id, cart.version, cart.status, totals.total, totals.item_count, sent=sent, answered=now())
        )

    return note
