"""The demo's shop: a company of its own for each run, two sites, two currencies, everything by settings and data."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import every
from cartwheel_client.models.cart import CreateSite
from cartwheel_client.models.inventory import BundleView, ItemBody, NewBundle, ProductView
from cartwheel_client.models.pricing import NewShippingRule

from simulator.catalogue.products import Product
from simulator.demo.stack import ABANDONMENT_SECONDS, Site
from simulator.merchant import Merchant
from simulator.shops.plans import promotions

CURRENCIES: Final = ("USD", "EUR")
MAIL_DELAYS: Final = (0, 2)
"""Seconds from an abandonment to each mail of the campaign."""
_BATCH: Final = 50
_PAGE: Final = 100


async def found(merchant: Merchant) -> None:
    """Make the company and its rules of price."""
    await merchant.found_company("Cartwheel demo")
    for promotion in promotions():
        await merchant.offer(promotion)
    amounts, free_over = {"USD": 595, "EUR": 495}, {"USD": 10_000}
    await merchant.ship(NewShippingRule(name="Standard", amounts=amounts, free_over=free_over))


async def stock_up(
    merchant: Merchant, products: Sequence[Product], pictures_url: str, advance: Callable[[int], None]
) -> None:
    """Import the catalogue; `advance` is called with how many more products are in."""
    for start in range(0, len(products), _BATCH):
        batch = products[start : start + _BATCH]
        await merchant.import_products(product.row(pictures_url) for product in batch)
        advance(len(batch))


async def sell_together(merchant: Merchant, products: Sequence[ProductView]) -> Sequence[BundleView]:
    """Make two bundles, of one choice and two pieces of something else each: one for a price, one for a part less."""
    one, two, three, four, *_ = products
    prices = {currency: _price(one, currency) + _price(two, currency) for currency in CURRENCIES}
    return [
        await merchant.staff.catalogue.create_bundle(bundle)
        for bundle in (
            NewBundle(title=f"{one.title}, {two.title}", prices=prices, items=[_any_of(one), _any_of(two, pieces=2)]),
            NewBundle(
                title=f"{three.title}, {four.title}",
                discount_basis_points=1500,
                items=[_any_of(three), _any_of(four, pieces=2)],
            ),
        )
    ]


def _any_of(product: ProductView, pieces: int = 1) -> ItemBody:
    return ItemBody(title=product.title, variant_ids=[variant.id for variant in product.variants], quantity=pieces)


def _price(product: ProductView, currency: str) -> int:
    return min(variant.prices[currency] for variant in product.variants)


async def open_sites(merchant: Merchant) -> tuple[Site, ...]:
    """Open one site for each currency; their carts are abandoned after seconds."""
    sites = []
    for currency in CURRENCIES:
        site = Site(UUID(str(ids.uuid7())), currency)
        settings = CreateSite(
            id=site.id,
            name=f"Demo {currency}",
            currency=currency,
            timezone="UTC",
            abandonment_seconds=ABANDONMENT_SECONDS,
            enable_compare=True,
        )
        await merchant.open_site(settings)
        sites.append(site)
    return tuple(sites)


async def products_of(merchant: Merchant) -> Sequence[ProductView]:
    """Everything on the shelves, with ids, as the shop's own pages know it."""
    return [product async for product in every(merchant.staff.catalogue.list_products, limit=_PAGE)]
