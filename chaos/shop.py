"""The shop that is open while things break: a company of its own, made through the routes any shop uses."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import Cartwheel, NotFound, every
from cartwheel_client.models.cart import CreateSite
from cartwheel_client.models.inventory import ProductView
from cartwheel_client.models.pricing import NewShippingRule
from simulator.merchant import Merchant
from simulator.shops.plans import promotions
from simulator.stack import Stack

from chaos.errors import ChaosError

STOCK: Final = 1_000_000
MAIL_DELAYS: Final = (0, 2)
"""Seconds from an abandonment to each mail."""
ABANDONMENT_SECONDS: Final = 5
_READY_SECONDS: Final = 60.0
_PRODUCTS: Final = tuple(
    {
        "sku": handle,
        "title": handle.capitalize(),
        "variants": [{"sku": handle.upper(), "prices": {"USD": price}, "stock": STOCK}],
    }
    for handle, price in (("mug", 1250), ("bowl", 2400), ("lamp", 8900))
)


@dataclass(frozen=True, slots=True)
class Shop:
    """`buying` is a site whose carts are not abandoned during a run, `reminding` one whose carts soon are."""

    company_id: UUID
    buying: UUID
    reminding: UUID
    products: tuple[UUID, ...]
    stock: Mapping[UUID, int]
    """What was on hand of each variant before the first shopper came."""
    first_cart: UUID
    """Filled to see that the shop is open; no shopper's."""

    @property
    def mail_domain(self) -> str:
        """Of every shopper's address, and of nobody else's."""
        return f"{self.company_id.hex[-12:]}.example"


async def open_shop(stack: Stack) -> Shop:
    """Make the shop, and wait until its goods can be bought and its carts get mails."""
    company_id = UUID(str(ids.uuid7()))
    async with stack.gateway(company_id) as cartwheel:
        merchant = Merchant(cartwheel, stack.tokens)
        await merchant.found_company("Fault drill")
        for promotion in promotions():
            await merchant.offer(promotion)
        await merchant.ship(NewShippingRule(name="Standard", amounts={"USD": 595}, free_over={"USD": 10_000}))
        await merchant.import_products(_PRODUCTS)
        buying = await merchant.open_site(_site("Buying", 3600))
        reminding = await merchant.open_site(_site("Reminding", ABANDONMENT_SECONDS))
        await merchant.remind(*MAIL_DELAYS, daily_cap=None)
        products = [product async for product in every(merchant.staff.catalogue.list_products)]
        first_cart = await _until_open(cartwheel, buying, [product.id for product in products])
    goods = tuple(product.id for product in products)
    return Shop(company_id, buying, reminding, goods, _stock_of(products), first_cart)


def _site(name: str, abandonment_seconds: int) -> CreateSite:
    site_id = UUID(str(ids.uuid7()))
    return CreateSite(id=site_id, name=name, currency="USD", timezone="UTC", abandonment_seconds=abandonment_seconds)


def _stock_of(products: list[ProductView]) -> dict[UUID, int]:
    return {variant.id: STOCK for product in products for variant in product.variants}


async def _until_open(cartwheel: Cartwheel, site_id: UUID, missing: list[UUID]) -> UUID:
    """Fill a cart with one of each and return its id; raises ChaosError when that does not work within a minute."""
    deadline = asyncio.get_running_loop().time() + _READY_SECONDS
    cart = cartwheel.guest()
    made = await cart.create(currency="USD", site_id=site_id)
    while missing:
        try:
            await cart.add_item(missing[-1], 1)
            missing.pop()
        except NotFound as absent:
            if asyncio.get_running_loop().time() > deadline:
                raise ChaosError(f"the goods did not reach the cart service: {absent}") from absent
            await asyncio.sleep(0.2)
    return made.id
