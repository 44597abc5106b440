"""A shop with a bundle: a pot of one of two colours and two cups."""

from datetime import UTC, datetime
from typing import Any

import httpx
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.inventory import BundleChanged, BundleItem
from servicekit.ids import new_id
from servicekit.testing import deliver

from .shop import Shop, Shopper

TEA, POTS, CUPS = new_id(), new_id(), new_id()


async def offer(shop: Shop, version: int = 1, **fields: Any) -> None:
    """Let the catalogue have a pot of one of two colours and two cups for 35.00, or something else of it."""
    items = (
        BundleItem(item_id=POTS, quantity=1, variant_ids=(shop.products["pot"][1], shop.products["red-pot"][1])),
        BundleItem(item_id=CUPS, quantity=2, variant_ids=(shop.products["cup"][1],)),
    )
    data = BundleChanged(
        **{"title": "Tea for two", "slug": "tea", "active": True, "prices": {"USD": 3500}, "items": items, **fields}
    )
    event = RecordedEvent(data, shop.company_id, TEA, version, datetime.now(UTC))
    await deliver(subscriptions, event, shop.database)


async def sell_tea(shop: Shop) -> None:
    """Let the catalogue have the bundle, with what is in it: 40.00 by themselves with the plain pot."""
    for sku, price in (("pot", 3000), ("red-pot", 3200), ("cup", 500)):
        await shop.stock(sku, price=price)
    await offer(shop)


async def add(shop: Shop, shopper: Shopper, quantity: int = 1, pot: str = "", **headers: str) -> httpx.Response:
    """Add the bundle, with this pot."""
    selections = [{"itemId": str(POTS), "variantId": str(shop.products[pot][1])}] if pot else []
    body = {"bundleId": str(TEA), "quantity": quantity, "selections": selections}
    return await shop.client.post(f"{shopper.path}/bundles", json=body, headers={**shopper.headers, **headers})
