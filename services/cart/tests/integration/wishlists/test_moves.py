"""Between wishlist and cart: both change in one transaction, or neither does."""

import asyncio
from typing import Any

import httpx
import pytest
from contracts.inventory import ProductChanged, Variant
from servicekit.ids import new_id

from ...shop import Guest, Shop
from ...wishing import Wisher, wishlist_events


async def to_cart(wisher: Wisher, sku: str, body: Any = None, **headers: str) -> httpx.Response:
    """Move a wish into the cart."""
    return await wisher.sends("POST", f"/items/{await wisher.wish_id(sku)}/move-to-cart", body or {}, **headers)


async def from_cart(wisher: Wisher, guest: Guest, **headers: str) -> httpx.Response:
    """Move the first line of the guest's cart to the wishlist."""
    line = (await wisher.shop.read(guest))["items"][0]["id"]
    return await wisher.sends("POST", f"/move-from-cart/{line}", **headers)


async def test_a_wish_becomes_a_line(shop: Shop) -> None:
    """With its quantity, and saying where it comes from; it is off the list."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.wishes("bowl", quantity=2, options={"engraving": "Ann"})

    moved = await to_cart(wisher, "bowl")

    (line,) = moved.json()["items"]
    assert (moved.status_code, line["quantity"], line["source"]) == (201, 2, "wishlist")
    assert line["options"] == {"engraving": "Ann"}
    assert await wisher.skus() == []
    assert await shop.lines(guest.headers) == {"bowl": 2}
    assert [event.kind for event in await wishlist_events(shop)] == ["ITEM_ADDED", "MOVED_TO_CART"]


async def test_a_customers_wish_goes_into_their_open_cart(shop: Shop) -> None:
    """Where there is none the wish stays."""
    wisher = Wisher.customer(shop)
    await wisher.has_wished("mug")

    without = await to_cart(wisher, "mug")
    await shop.client.post("/api/cart", json={}, headers=wisher.headers)
    moved = await to_cart(wisher, "mug", {"quantity": 3})

    assert (without.status_code, without.json()["code"]) == (404, "CART_NOT_FOUND")
    assert moved.status_code == 201, moved.text
    assert await shop.lines(wisher.headers) == {"mug": 3}
    assert await wisher.skus() == []


async def test_what_the_cart_refuses_stays_on_the_list(shop: Shop) -> None:
    """None is left; under a key the refusal is the answer, and nothing was written beside it."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("vase")

    refused = await to_cart(wisher, "vase", **{"Idempotency-Key": "k"})

    assert (refused.status_code, refused.json()["code"]) == (400, "ITEM_OUT_OF_STOCK")
    assert (await wisher.skus(), await shop.lines(guest.headers)) == (["vase"], {})


async def test_a_variant_is_chosen_at_the_latest_when_it_is_moved(shop: Shop) -> None:
    """Without one the shopper is asked for it."""
    product, small, large = new_id(), new_id(), new_id()
    variants = tuple(
        Variant(variant_id=one, sku=sku, title=sku, options={"size": sku}, prices={"USD": 900}, available=5)
        for one, sku in ((small, "S"), (large, "L"))
    )
    await shop.say(ProductChanged(title="Shirt", slug="shirt", active=True, variants=variants), product)
    shop.products["shirt"] = product, small
    wisher, guest = await Wisher.guest(shop)
    wish = (await wisher.wishes("shirt")).json()["items"][0]["id"]
    path = f"/items/{wish}/move-to-cart"

    unchosen = await wisher.sends("POST", path, {})
    moved = await wisher.sends("POST", path, {"variantId": str(large)})

    assert (unchosen.status_code, unchosen.json()["code"]) == (422, "SIZE_REQUIRED")
    assert moved.status_code == 201
    assert await shop.lines(guest.headers) == {"L": 1}


async def test_of_many_moves_of_one_wish_one_is_made(shop: Shop) -> None:
    """The others find it gone, and put nothing into the cart."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    path = f"/items/{await wisher.wish_id('mug')}/move-to-cart"

    answers = await asyncio.gather(*(wisher.sends("POST", path, {}) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 7
    assert (await shop.lines(guest.headers), await wisher.skus()) == ({"mug": 1}, [])


async def test_a_move_that_is_repeated_under_its_key_is_made_once(shop: Shop) -> None:
    """The wish is gone by then; the answer is that of the first call."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    path, key = f"/items/{await wisher.wish_id('mug')}/move-to-cart", {"Idempotency-Key": "k"}

    first = await wisher.sends("POST", path, {}, **key)
    again = await wisher.sends("POST", path, {}, **key)

    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert first.json() == again.json()
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_a_line_becomes_a_wish(shop: Shop) -> None:
    """With its quantity and the shopper's own options; the cart is answered without it."""
    guest = await shop.guest_cart({"bowl": 1})
    wisher = Wisher(shop, guest.headers)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 3, "options": {"engraving": "Ann"}}
    made = await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)
    line = next(one["id"] for one in made.json()["items"] if one["sku"] == "mug")

    moved = await wisher.sends("POST", f"/move-from-cart/{line}")

    (wish,) = (await wisher.looks())["items"]
    assert (moved.status_code, [one["sku"] for one in moved.json()["items"]]) == (200, ["bowl"])
    assert (wish["sku"], wish["quantity"], wish["wishedOptions"]) == ("mug", 3, {"engraving": "Ann"})
    assert [event.kind for event in await wishlist_events(shop)] == ["MOVED_FROM_CART"]


async def test_a_line_of_what_is_wished_for_already_is_one_wish(shop: Shop) -> None:
    """The larger quantity is wished for."""
    guest = await shop.guest_cart({"mug": 5})
    wisher = Wisher(shop, guest.headers)
    await wisher.wishes("mug", quantity=2, note="red")

    await from_cart(wisher, guest)

    assert [(item["quantity"], item["note"]) for item in (await wisher.looks())["items"]] == [(5, "red")]


async def test_a_move_and_back_is_as_before(shop: Shop) -> None:
    """Nothing is lost on the way, and If-Match is the cart's."""
    guest = await shop.guest_cart({"mug": 2})
    wisher = Wisher(shop, guest.headers)

    refused = await from_cart(wisher, guest, **{"If-Match": '"1"'})
    await from_cart(wisher, guest)
    back = await to_cart(wisher, "mug")

    assert (refused.status_code, back.status_code) == (412, 201)
    assert (await shop.lines(guest.headers), await wisher.skus()) == ({"mug": 2}, [])


@pytest.mark.parametrize("way", ["to", "from"])
async def test_where_wishlists_are_off_nothing_moves(shop: Shop, way: str) -> None:
    """The line stays in the cart, the wish on the list."""
    guest = await shop.guest_cart({"bowl": 1})
    wisher = Wisher(shop, guest.headers)
    await wisher.has_wished("mug")
    wish = await wisher.wish_id("mug")
    line = (await shop.read(guest))["items"][0]["id"]
    await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json={"enableWishlist": False}, headers=shop.staff())
    path = f"/items/{wish}/move-to-cart" if way == "to" else f"/move-from-cart/{line}"

    refused = await wisher.sends("POST", path, {} if way == "to" else None)

    assert (refused.status_code, refused.json()["code"]) == (403, "FEATURE_DISABLED")
    assert await shop.lines(guest.headers) == {"bowl": 1}
