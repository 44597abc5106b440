"""A shopper's wishlist: kept in order, shown with today's prices, one for each site (features of W1)."""

import asyncio
from typing import Any

import pytest
from contracts.inventory import ProductChanged, Variant
from servicekit.ids import new_id

from ...shop import Shop
from ...wishing import Wisher, wishlist_events


async def test_a_wish_is_shown_with_the_price_and_stock_of_now(shop: Shop) -> None:
    """Not with those of the day on which it was wished for; its number is the version of the list."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.wishes("bowl", quantity=2, note="in blue")
    await shop.stock("bowl", price=1900, available=3, compare_at_prices={"USD": 3000})
    await shop.left("bowl", 1)

    seen = await wisher.looks()

    (bowl,) = seen["items"]
    assert (bowl["sku"], bowl["price"], bowl["compareAtPrice"], bowl["slug"]) == ("bowl", 1900, 3000, "bowl")
    assert bowl["availability"] == {"inStock": True, "left": 1}
    assert (bowl["quantity"], bowl["note"], bowl["priority"]) == (2, "in blue", 1)
    assert (seen["enabled"], seen["currency"], seen["version"], seen["itemCount"]) == (True, "USD", 1, 1)


async def test_what_is_sold_out_or_withdrawn_stays_on_the_list(shop: Shop) -> None:
    """It says so: one has a price and no stock, the other neither."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.has_wished("vase", "mug")
    await shop.stock("mug", price=1250, active=False)

    vase, mug = (await wisher.looks())["items"]

    assert (vase["price"], vase["availability"]) == (9900, {"inStock": False, "left": 0})
    assert (mug["price"], mug["availability"]["inStock"]) == (None, False)


async def test_wishing_again_changes_nothing(shop: Shop) -> None:
    """The same product at the same variant is one wish, however it is sent, and publishes once."""
    wisher, _ = await Wisher.guest(shop)
    product, variant = shop.products["mug"]
    first = await wisher.wishes("mug")

    again = await wisher.wishes("mug", quantity=5)
    named = await wisher.wishes("mug", variantId=str(variant))

    assert [answer.status_code for answer in (first, again, named)] == [201, 200, 200]
    assert [item["quantity"] for item in named.json()["items"]] == [1]
    assert named.headers["etag"] == '"1"'
    (event,) = await wishlist_events(shop)
    assert (event.kind, event.item_count, event.owner) == ("ITEM_ADDED", 1, "guest")
    assert (event.products[0].product_id, event.products[0].variant_id) == (product, variant)


async def test_twenty_at_once_are_one_wish(shop: Shop) -> None:
    """One was first, and the others find it there."""
    wisher, _ = await Wisher.guest(shop)

    answers = await asyncio.gather(*(wisher.wishes("mug") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert await wisher.skus() == ["mug"]


async def test_wishes_of_two_devices_are_both_kept(shop: Shop) -> None:
    """A customer's first two wishes, at the same moment."""
    phone, desk = Wisher.customer(shop), Wisher.customer(shop)

    answers = await asyncio.gather(phone.wishes("mug"), desk.wishes("bowl"))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(await phone.skus()) == ["bowl", "mug"]


async def test_the_order_is_the_shoppers(shop: Shop) -> None:
    """A wish moves to a place, and the others make room; beyond the end is the end."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.has_wished("mug", "bowl", "vase")

    await wisher.sends("PATCH", f"/items/{await wisher.wish_id('vase')}", {"priority": 1})
    first = await wisher.skus()
    await wisher.sends("PATCH", f"/items/{await wisher.wish_id('mug')}", {"priority": 99})

    assert first == ["vase", "mug", "bowl"]
    assert await wisher.skus() == ["vase", "bowl", "mug"]
    assert [item["priority"] for item in (await wisher.looks())["items"]] == [1, 2, 3]


async def test_quantity_and_note_change_and_stay(shop: Shop) -> None:
    """What is not named stays; an empty note is none."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.wishes("mug", note="for Ann")
    path = f"/items/{await wisher.wish_id('mug')}"

    more = (await wisher.sends("PATCH", path, {"quantity": 4})).json()["items"][0]
    silent = (await wisher.sends("PATCH", path, {"note": ""})).json()["items"][0]
    same = await wisher.sends("PATCH", path, {"quantity": 4, "priority": 1})

    assert same.headers["etag"] == '"3"'
    assert (more["quantity"], more["note"]) == (4, "for Ann")
    assert (silent["quantity"], silent["note"]) == (4, None)


async def test_a_wish_is_taken_off_once(shop: Shop) -> None:
    """The second time it is not there."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.has_wished("mug", "bowl")
    path = f"/items/{await wisher.wish_id('mug')}"

    removed = await wisher.sends("DELETE", path)
    again = await wisher.sends("DELETE", path)

    assert (removed.status_code, [item["sku"] for item in removed.json()["items"]]) == (200, ["bowl"])
    assert (again.status_code, again.json()["code"]) == (404, "ITEM_NOT_FOUND")


async def test_if_match_with_an_old_version_changes_nothing(shop: Shop) -> None:
    """What somebody has not seen is not overwritten (rules.md 9)."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.has_wished("mug")

    refused = await wisher.wishes("bowl", {"If-Match": '"0"'})
    fitting = await wisher.wishes("bowl", {"If-Match": '"1"'})

    assert (refused.status_code, refused.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (fitting.status_code, fitting.headers["etag"]) == (201, '"2"')


async def test_a_key_answers_the_same_again(shop: Shop) -> None:
    """A repeated call has one effect and one answer (rules.md 10)."""
    wisher, _ = await Wisher.guest(shop)

    first = await wisher.wishes("mug", {"Idempotency-Key": "once"})
    again = await wisher.wishes("mug", {"Idempotency-Key": "once"})

    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert first.json() == again.json()


async def test_a_product_may_be_wished_for_before_a_variant_is_chosen(shop: Shop) -> None:
    """It shows the cheapest that can be bought; a variant of it is another wish."""
    product, small, large = new_id(), new_id(), new_id()
    variants = (
        Variant(variant_id=small, sku="S", title="S", options={"size": "S"}, prices={"USD": 900}, available=0),
        Variant(variant_id=large, sku="L", title="L", options={"size": "L"}, prices={"USD": 1500}, available=2),
    )
    await shop.say(ProductChanged(title="Shirt", slug="shirt", active=True, variants=variants), product)
    shop.products["shirt"] = product, small
    wisher, _ = await Wisher.guest(shop)

    any_size = (await wisher.wishes("shirt")).json()["items"][0]
    await wisher.wishes("shirt", variantId=str(small))
    foreign = await wisher.wishes("shirt", variantId=str(shop.products["mug"][1]))

    assert (any_size["variantId"], any_size["sku"], any_size["title"]) == (None, None, "Shirt")
    assert (any_size["price"], any_size["availability"]) == (1500, {"inStock": True, "left": None})
    assert [item["sku"] for item in (await wisher.looks())["items"]] == [None, "S"]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "PRODUCT_NOT_FOUND")


async def test_a_customer_has_a_list_for_each_site(shop: Shop) -> None:
    """The one of the site that is named, else of the first (rules.md 36)."""
    body = {"name": "Tassen", "currency": "EUR"}
    other = (await shop.client.post("/api/admin/sites", json=body, headers=shop.staff())).json()["id"]
    wisher = Wisher.customer(shop)

    await wisher.has_wished("mug")
    there = await wisher.sends("GET", f"?siteId={other}")
    nowhere = await wisher.sends("GET", f"?siteId={new_id()}")

    assert (await wisher.looks())["itemCount"] == 1
    assert (there.json()["itemCount"], there.json()["currency"], there.json()["siteId"]) == (0, "EUR", other)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "NOT_FOUND")


async def test_nobody_sees_anothers_list(shop: Shop) -> None:
    """Neither another customer, nor a session that was made up, nor another company (rules.md 34)."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    other = await Shop.open(shop.client, shop.database)
    elsewhere = {**guest.headers, "x-company-id": str(other.company_id)}
    foreign = await shop.client.get("/api/wishlist", headers=elsewhere)
    wish = await wisher.wish_id("mug")

    stranger = await shop.client.get("/api/wishlist", headers=shop.stranger(guest))
    nobody = await shop.client.get("/api/wishlist", headers=shop.anybody())
    theirs = await Wisher.customer(shop).sends("DELETE", f"/items/{wish}")

    assert [(a.status_code, a.json()["code"]) for a in (foreign, stranger)] == [(404, "CART_NOT_FOUND")] * 2
    assert (nobody.status_code, theirs.status_code) == (401, 404)
    assert await Wisher.customer(shop).skus() == []
    assert await wisher.skus() == ["mug"]


async def test_inventory_is_asked_about_a_product_that_is_not_known(shop: Shop) -> None:
    """Another company's is none here. While inventory is away nobody can say; a made-up session asks nothing of it."""
    other = await Shop.open(shop.client, shop.database)
    wisher, guest = await Wisher.guest(shop)
    stranger = Wisher(shop, shop.stranger(guest))
    body = {"productId": str(other.products["mug"][0])}

    unknown = await wisher.sends("POST", "/items", body, **{"Idempotency-Key": "k"})
    made_up = await stranger.sends("POST", "/items", body)

    assert (unknown.status_code, unknown.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (made_up.status_code, made_up.json()["code"]) == (404, "CART_NOT_FOUND")
    assert await wisher.skus() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\nb"}, "note"),
        ({"price": 1}, "price"),
    ],
)
async def test_what_does_not_fit_is_named(shop: Shop, body: dict[str, Any], field: str) -> None:
    """Nothing is put on the list."""
    wisher, _ = await Wisher.guest(shop)

    refused = await wisher.wishes("mug", **body)

    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (422, [field])
    assert await wisher.skus() == []


async def test_a_site_may_switch_wishlists_off(shop: Shop) -> None:
    """Reads are empty and say so, changes are refused; switched on again, everything is there."""
    wisher, _ = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    site = f"/api/admin/sites/{shop.site_id}"
    await shop.client.patch(site, json={"enableWishlist": False}, headers=shop.staff())

    off, refused = await wisher.looks(), await wisher.wishes("bowl")
    await shop.client.patch(site, json={"enableWishlist": True}, headers=shop.staff())

    assert (off["enabled"], off["items"]) == (False, [])
    assert (refused.status_code, refused.json()["code"]) == (403, "FEATURE_DISABLED")
    assert await wisher.skus() == ["mug"]
