"""What is offered to a cart."""

from typing import Any

import pytest
from servicekit.ids import new_id

from .shop import Shop


async def test_what_was_bought_together_is_offered_the_closest_first(shop: Shop) -> None:
    """Tea goes with every second mug sold, soap with every mug but also with everything else."""
    await shop.sells("mug", "tea", "soap", "hat")
    await shop.sold("mug tea", "mug tea", "mug soap", "mug soap", "soap hat", "soap", "soap", "soap", "soap", "hat")
    guest = shop.shopper()
    guest.has("mug")

    assert await guest.sees() == {"basis": "pairs", "items": ["tea", "soap"], "degraded": False}


async def test_products_that_go_with_several_in_the_cart_come_first(shop: Shop) -> None:
    """Closeness to each product in the cart is added up."""
    await shop.sells("mug", "tea", "milk", "hat")
    await shop.sold("mug milk", "mug milk", "tea milk", "tea milk", "mug hat", "mug hat")
    guest = shop.shopper()
    guest.has("mug", "tea")

    assert (await guest.sees())["items"] == ["milk", "hat"]


async def test_a_pair_seen_once_is_no_reason(shop: Shop) -> None:
    """One order in common may be chance; then what sells best is offered."""
    await shop.sells("mug", "tea", "hat")
    await shop.sold("mug tea", "hat", "hat", "hat")
    guest = shop.shopper()
    guest.has("mug")

    assert await guest.sees() == {"basis": "best_sellers", "items": ["hat", "tea"], "degraded": False}


async def test_a_shop_without_sales_offers_its_newest_products(shop: Shop) -> None:
    """The last resort is the catalogue itself."""
    await shop.sells("mug", "tea", "hat")
    guest = shop.shopper()
    guest.has("hat")

    assert await guest.sees() == {"basis": "catalogue", "items": ["tea", "mug"], "degraded": False}


async def test_an_empty_cart_is_offered_what_sells_best(shop: Shop) -> None:
    """There is nothing to go with."""
    await shop.sells("mug", "tea")
    await shop.sold("mug tea", "mug tea", "mug")
    guest = shop.shopper()
    guest.has()

    assert await guest.sees("?limit=1") == {"basis": "best_sellers", "items": ["mug"], "degraded": False}


async def test_an_empty_shop_offers_nothing(shop: Shop) -> None:
    """An empty list is an answer, and nothing was shown."""
    guest = shop.shopper()
    guest.has()

    assert await guest.sees() == {"basis": "catalogue", "items": [], "degraded": False}
    assert await shop.events() == []


async def test_an_offer_says_all_that_a_client_shows(shop: Shop) -> None:
    """The variant is the one that would be added, its price in the cart's currency."""
    await shop.receives(shop.product("mug", shop.variant("mug", prices={"EUR": 1000, "USD": 1100})))
    guest = shop.shopper()
    guest.has(currency="USD")

    [item] = (await guest.asks("GET")).json()["items"]

    assert item == {
        "productId": str(shop.ids["mug"]),
        "variantId": str(shop.variants["mug"]),
        "title": "Mug",
        "imageUrl": "/mug.svg",
        "price": 1100,
        "currency": "USD",
    }


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"prices": {"USD": 1000}}, False),
        ({"available": 0}, False),
        ({"available": None}, False),
        ({"available": 0, "tracked": False}, True),
        ({"available": -3, "backorderable": True}, True),
    ],
)
async def test_only_what_can_be_bought_now_is_offered(shop: Shop, fields: dict[str, Any], offered: bool) -> None:
    """Never inactive, never without a price in the cart's currency, never out of stock unless stock does not matter."""
    await shop.receives(shop.product("mug", shop.variant("mug", **fields)))
    guest = shop.shopper()
    guest.has()

    assert (await guest.sees())["items"] == (["mug"] if offered else [])


async def test_the_first_variant_that_can_be_bought_is_offered(shop: Shop) -> None:
    """Small is sold out and large is switched off, so medium it is."""
    small, medium, large = (shop.variant("shirt", variant_id=new_id(), sku=size) for size in "SML")
    sold_out, off = small.model_copy(update={"available": 0}), large.model_copy(update={"active": False})
    await shop.receives(shop.product("shirt", sold_out, off, medium))
    guest = shop.shopper()
    guest.has()

    [item] = (await guest.asks("GET")).json()["items"]

    assert item["variantId"] == str(medium.variant_id)


async def test_the_limit_is_kept_and_bounded(shop: Shop) -> None:
    """At most what is asked for, at most twenty."""
    await shop.sells("mug", "tea", "hat")
    guest = shop.shopper()
    guest.has()

    assert len((await guest.sees("?limit=2"))["items"]) == 2
    for limit in ("0", "21", "many"):
        assert (await guest.asks("GET", f"?limit={limit}")).status_code == 422


async def test_nobody_is_offered_another_companys_products(shop: Shop, stranger: Shop) -> None:
    """Neither the catalogue nor what was learned crosses over (rules.md 34)."""
    await stranger.sells("mug", "tea")
    await stranger.sold("mug tea", "mug tea")
    guest = shop.shopper()
    shop.carts.opens(guest.owner, stranger.ids["mug"])

    assert (await guest.sees())["items"] == []
