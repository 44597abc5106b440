"""What a company's staff sees of its carts, and who may see it (api.md, "/api/admin/carts")."""

import time
from typing import Any

import jwt
import pytest
from servicekit.testing.settings import JWT_SECRET

from ..shop import Guest, Shop
from .test_ordering import order


async def read(shop: Shop, path: str, **params: Any) -> Any:
    """An admin route's answer for the shop's support."""
    answer = await shop.client.get(f"/api/admin/carts{path}", params=params, headers=shop.staff("support"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def some_carts(shop: Shop) -> list[Guest]:
    """Three carts: one with two mugs, an empty one, and one that was ordered."""
    guests = [await shop.guest_cart({"mug": 2}), await shop.guest_cart(), await shop.guest_cart({"mug": 1})]
    assert (await order(shop, guests[2], "A-1")).status_code == 200
    return guests


async def test_carts_are_listed_page_by_page_the_newest_first(shop: Shop) -> None:
    """Every cart once, in the order of creation backwards."""
    guests = await some_carts(shop)

    first = await read(shop, "", limit=2)
    rest = await read(shop, "", limit=2, cursor=first["nextCursor"])

    assert [cart["id"] for cart in [*first["items"], *rest["items"]]] == [guest.cart_id for guest in reversed(guests)]
    assert rest["nextCursor"] is None
    assert rest["items"][0]["total"] == 2500


async def test_a_list_is_narrowed_by_status_site_and_customer(shop: Shop) -> None:
    """Each filter alone, and together."""
    guests = await some_carts(shop)
    await shop.client.post("/api/cart", json={}, headers=shop.customer("ada"))

    ordered = await read(shop, "", status="CONVERTED")
    here = await read(shop, "", siteId=shop.site_id, status="ACTIVE")
    hers = await read(shop, "", customerId="ada")

    assert [cart["id"] for cart in ordered["items"]] == [guests[2].cart_id]
    assert len(here["items"]) == 3
    assert [cart["customerId"] for cart in hers["items"]] == ["ada"]


async def test_the_numbers_are_those_of_the_carts(shop: Shop) -> None:
    """Values are of open carts; the average is over those with something in them (api.md, "Stats")."""
    await some_carts(shop)

    stats = await read(shop, "/stats")

    assert stats == {
        "currency": "USD",
        "active": 2,
        "abandoned": 0,
        "converted": 1,
        "merged": 0,
        "expired": 0,
        "totalValue": 2500,
        "averageValue": 2500,
    }
    assert (await read(shop, "/stats", currency="EUR"))["active"] == 0


async def test_the_timeline_tells_what_happened_in_order(shop: Shop) -> None:
    """The newest first, with what was done to which item and by whom, and no address."""
    guest = await shop.guest_cart({"mug": 1})
    line = (await shop.read(guest))["items"][0]["id"]
    await shop.client.patch(f"{guest.path}/items/{line}", json={"quantity": 4}, headers=guest.headers)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, "source": "email"}
    await shop.client.post(f"{guest.path}/items", json=body, headers=guest.headers)
    contact = {"email": "canary@example.com", "consent": True}
    await shop.client.post(f"{guest.path}/contact", json=contact, headers=guest.headers)
    await shop.client.delete(f"{guest.path}/items/{line}", headers=guest.headers)

    timeline = await read(shop, f"/{guest.cart_id}/activity")

    entries = [(entry["kind"], entry["actor"], entry["data"].get("quantityDelta")) for entry in timeline["items"]]
    assert entries == [
        ("ITEM_REMOVED", "shopper", -5),
        ("CONTACT_SET", "shopper", None),
        ("ITEM_ADDED", "shopper", 1),
        ("QUANTITY_SET", "shopper", 3),
        ("ITEM_ADDED", "shopper", 1),
    ]
    moved = [(data["before"], data["after"]) for entry in timeline["items"] if "before" in (data := entry["data"])]
    assert [(one["quantity"], other["quantity"]) for one, other in moved] == [(5, 0), (4, 5), (1, 4), (0, 1)]
    assert [entry["data"].get("source") for entry in timeline["items"]] == [None, None, "email", None, None]
    assert "canary" not in str(timeline)


async def test_staff_find_the_carts_of_a_browser(shop: Shop) -> None:
    """By the visitorId that the storefront gave, whoever shops in it."""
    body = {"visitorId": "v-1"}
    made = await shop.client.post("/api/public/cart", json=body, headers=shop.anybody())
    await shop.client.post("/api/cart", json=body, headers=shop.customer())
    await shop.guest_cart()

    found = await read(shop, "", visitorId="v-1")
    refused = await shop.client.post("/api/public/cart", json={"visitorId": "a b"}, headers=shop.anybody())

    assert [(cart["visitorId"], cart["customerId"]) for cart in found["items"]] == [("v-1", "ada"), ("v-1", None)]
    assert (made.status_code, refused.status_code) == (201, 422)


async def test_the_timeline_is_paged(shop: Shop) -> None:
    """Entry by entry, each once."""
    guest = await shop.guest_cart({"mug": 1})
    await shop.add(guest, "mug")
    await shop.add(guest, "mug")

    path = f"/{guest.cart_id}/activity"
    pages = [await read(shop, path, limit=1)]
    while cursor := pages[-1]["nextCursor"]:
        pages.append(await read(shop, path, limit=1, cursor=cursor))

    assert [[entry["version"] for entry in page["items"]] for page in pages] == [[4], [3], [2]]


async def test_staff_see_the_cart_as_its_shopper_does(shop: Shop) -> None:
    """As its shopper has it, and with the explanation where that is requested."""
    guest = await shop.guest_cart({"mug": 2})

    seen = await read(shop, f"/{guest.cart_id}", explain=True)

    explanation = seen.pop("explanation")
    assert seen == await shop.read(guest)
    assert explanation["engineVersion"] >= 1


@pytest.mark.parametrize("path", ["", "/stats", "/{cart}", "/{cart}/activity"])
async def test_nobody_else_sees_them(shop: Shop, path: str) -> None:
    """No token is 401, a shopper's is 403, another company's staff finds nothing."""
    guest = await shop.guest_cart({"mug": 2})
    other = await Shop.open(shop.client, shop.database)
    path = f"/api/admin/carts{path.format(cart=guest.cart_id)}"

    anonymous = await shop.client.get(path)
    shopper = await shop.client.get(path, headers=shop.customer())
    stranger = await shop.client.get(path, headers=other.staff())

    assert (anonymous.status_code, shopper.status_code) == (401, 403)
    assert stranger.status_code == (404 if guest.cart_id in path else 200)
    assert guest.cart_id not in stranger.text.replace(path, "")


async def test_a_platform_token_says_whose_carts_it_means(shop: Shop) -> None:
    """Without a company it would read and write for nobody: 400; with the header it acts for that company."""
    guest = await shop.guest_cart()
    claims = {"sub": "root", "roles": ["platform"], "exp": int(time.time()) + 600}
    headers = {"authorization": f"Bearer {jwt.encode(claims, JWT_SECRET, algorithm='HS256')}"}

    unnamed = [
        await shop.client.get("/api/admin/carts", headers=headers),
        await shop.client.post("/api/admin/sites", json={"name": "Nobody's", "currency": "USD"}, headers=headers),
    ]
    named = await shop.client.get("/api/admin/carts", headers={**headers, **shop.anybody()})

    assert [answer.status_code for answer in unnamed] == [400, 400]
    assert [cart["id"] for cart in named.json()["items"]] == [guest.cart_id]
