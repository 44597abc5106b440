"""Bundles in carts: one change, one price, whole through sign-in, order and whatever happens to their lines."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from contracts.cart import CartConverted, CartUpdated
from servicekit.testing import published

from ..bundling import TEA, add, offer, sell_tea
from ..shop import Customer, Shop, Shopper
from .test_customers import sign_in
from .test_ordering import order


@pytest.fixture
async def tea(shop: Shop) -> Shop:
    """A shop that has the bundle."""
    await sell_tea(shop)
    return shop


@pytest.fixture(params=["guest", "customer"])
async def shopper(request: pytest.FixtureRequest, shop: Shop) -> Shopper:
    """Whoever shops, with an empty cart."""
    if request.param == "guest":
        return await shop.guest_cart()
    ada = Customer(shop.customer())
    assert (await shop.client.post("/api/cart", json={}, headers=ada.headers)).status_code == 201
    return ada


async def call(shop: Shop, shopper: Shopper, method: str, path: str, **fields: Any) -> httpx.Response:
    """Ask for something of the shopper's cart."""
    return await shop.client.request(method, f"{shopper.path}/{path}", headers=shopper.headers, **fields)


def pieces(cart: dict[str, Any]) -> dict[str, int]:
    """Quantities by sku."""
    return {line["sku"]: line["quantity"] for line in cart["items"]}


async def test_a_bundle_is_added_as_a_group_at_its_price(tea: Shop, shopper: Shopper) -> None:
    """201 with all lines under one group, 35.00 instead of 40.00; the same again is 200 and adds up."""
    first, again = await add(tea, shopper), await add(tea, shopper)

    cart = again.json()
    (bundle,) = cart["bundles"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert (pieces(cart), cart["totals"]["subtotal"], cart["totals"]["total"]) == ({"pot": 2, "cup": 4}, 8000, 7000)
    assert {line["bundleGroupId"] for line in cart["items"]} == {bundle["groupId"]}
    assert bundle["itemIds"] == [line["id"] for line in cart["items"]]
    assert {name: bundle[name] for name in ("title", "quantity", "price", "subtotal", "discount", "total")} == {
        "title": "Tea for two",
        "quantity": 2,
        "price": 3500,
        "subtotal": 8000,
        "discount": 1000,
        "total": 7000,
    }


async def test_its_step_is_in_the_explanation(tea: Shop) -> None:
    """By the engine that knows bundles, a step for each line."""
    guest = await tea.guest_cart()
    await add(tea, guest)

    answer = await tea.client.get("/api/public/cart", params={"explain": "true"}, headers=guest.headers)

    explanation = answer.json()["explanation"]
    steps = [step for step in explanation["steps"] if step["kind"] == "BUNDLE"]
    assert explanation["engineVersion"] == 3
    assert {(step["ruleId"], step["name"]) for step in steps} == {(str(TEA), "Tea for two")}
    assert sum(step["amount"] for step in steps) == -500


async def test_what_is_chosen_is_in_it(tea: Shop, shopper: Shopper) -> None:
    """The red pot costs more by itself, not in the bundle; what is not offered is refused, naming the field."""
    red, wrong = await add(tea, shopper, pot="red-pot"), await add(tea, shopper, pot="cup")

    assert (pieces(red.json()), red.json()["totals"]["total"]) == ({"red-pot": 1, "cup": 2}, 3500)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "selections")


async def test_quantities_move_together_and_removing_takes_the_group(tea: Shop, shopper: Shopper) -> None:
    """By any of its lines, and by the group."""
    cart = (await add(tea, shopper)).json()
    cups = next(line["id"] for line in cart["items"] if line["sku"] == "cup")

    grown = await call(tea, shopper, "PATCH", f"items/{cups}", json={"quantity": 6})
    part = await call(tea, shopper, "PATCH", f"items/{cups}", json={"quantity": 5})
    by_line = await call(tea, shopper, "DELETE", f"items/{cups}")
    group = (await add(tea, shopper)).json()["bundles"][0]["groupId"]
    by_group = await call(tea, shopper, "DELETE", f"bundles/{group}")
    twice = await call(tea, shopper, "DELETE", f"bundles/{group}")

    assert (pieces(grown.json()), grown.json()["totals"]["total"]) == ({"pot": 3, "cup": 6}, 10_500)
    assert (part.status_code, part.json()["errors"][0]["field"]) == (422, "quantity")
    assert [(one.json()["items"], one.json()["bundles"]) for one in (by_line, by_group)] == [([], [])] * 2
    assert (twice.status_code, twice.json()["code"]) == (404, "ITEM_NOT_FOUND")


async def test_one_change_has_one_event_that_names_every_line(tea: Shop) -> None:
    """With the bundle after it, and what it takes off."""
    guest = await tea.guest_cart()
    cart = (await add(tea, guest, 2)).json()

    updated = [
        event for event in await published(tea.database, CartUpdated) if event.aggregate_id == UUID(guest.cart_id)
    ]

    (event,) = updated
    (bundle,) = event.data.bundles
    assert (event.data.change.kind, event.data.change.quantity_delta) == ("ITEM_ADDED", 6)
    assert {one.quantity_delta for one in event.data.change.lines} == {2, 4}
    assert (bundle.bundle_id, bundle.quantity, bundle.discount) == (TEA, 2, 1000)
    assert {one.bundle_group_id for one in event.data.lines} == {bundle.group_id}
    assert cart["version"] == 2


async def test_twenty_adds_at_once_are_all_there(tea: Shop) -> None:
    """Nobody's bundle is lost, and the lines stay whole."""
    guest = await tea.guest_cart()

    answers = await asyncio.gather(*(add(tea, guest) for _ in range(20)))

    cart = await tea.read(guest)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert (pieces(cart), cart["bundles"][0]["quantity"]) == ({"pot": 20, "cup": 40}, 20)


async def test_the_same_key_adds_it_once(tea: Shop) -> None:
    """The second call is answered what the first was."""
    guest = await tea.guest_cart()

    first, second = [await add(tea, guest, **{"idempotency-key": "tea"}) for _ in range(2)]

    assert (second.headers["idempotent-replayed"], second.json()) == ("true", first.json())
    assert pieces(await tea.read(guest)) == {"pot": 1, "cup": 2}


async def test_sign_in_keeps_it_whole(tea: Shop) -> None:
    """The larger number of the same bundle, once, however often it is repeated."""
    guest, ada = await tea.guest_cart(), Customer(tea.customer())
    await tea.client.post("/api/cart", json={}, headers=ada.headers)
    await add(tea, guest, 3)
    await add(tea, ada, 2)

    for _ in range(2):
        await sign_in(tea, guest)

    cart = (await tea.client.get("/api/cart", headers=ada.headers)).json()
    assert (pieces(cart), cart["totals"]["total"]) == ({"pot": 3, "cup": 6}, 10_500)
    assert [bundle["quantity"] for bundle in cart["bundles"]] == [3]


async def test_it_is_saved_for_later_and_is_back_at_its_price(tea: Shop, shopper: Shopper) -> None:
    """Whole, by any of its lines, with what was chosen; it costs nothing meanwhile."""
    cart = (await add(tea, shopper, 2, pot="red-pot")).json()
    cups = next(line["id"] for line in cart["items"] if line["sku"] == "cup")

    saved = (await call(tea, shopper, "POST", f"save-for-later/{cups}")).json()
    back = (await call(tea, shopper, "POST", f"move-to-cart/{saved['savedItems'][0]['id']}")).json()

    assert (saved["items"], saved["bundles"], saved["totals"]["total"]) == ([], [], 0)
    assert {line["sku"]: line["quantity"] for line in saved["savedItems"]} == {"red-pot": 2, "cup": 4}
    assert (pieces(back), back["savedItems"], back["totals"]["total"]) == ({"red-pot": 2, "cup": 4}, [], 7000)


async def test_an_order_has_it_and_no_part_of_it(tea: Shop) -> None:
    """One of two is ordered; the other is in the cart in which the shopper goes on."""
    guest = await tea.guest_cart()
    cart = (await add(tea, guest, 2)).json()
    one = {line["sku"]: {"lineId": line["id"], "quantity": line["quantity"] // 2} for line in cart["items"]}

    part = await order(tea, guest, "order-1", lines=[one["pot"]])
    ordered = await order(tea, guest, "order-1", lines=list(one.values()))

    (event,) = [
        event for event in await published(tea.database, CartConverted) if event.aggregate_id == UUID(guest.cart_id)
    ]
    left = await tea.read(guest)
    assert (part.status_code, part.json()["code"]) == (409, "BUNDLE_INCOMPLETE")
    assert ordered.json()["totals"]["total"] == 3500
    assert [(bundle.quantity, bundle.discount) for bundle in event.data.bundles] == [(1, 500)]
    assert (pieces(left), left["totals"]["total"]) == ({"pot": 1, "cup": 2}, 3500)


async def test_a_new_price_is_said_and_taken_with_the_next_change(tea: Shop) -> None:
    """As a line's is (rules.md 15); off sale, what is there stays and no more comes."""
    guest = await tea.guest_cart()
    await add(tea, guest)
    await offer(tea, 2, prices={"USD": 3300})
    said = await tea.read(guest)
    taken = (await add(tea, guest)).json()
    await offer(tea, 3, active=False)
    gone = await tea.read(guest)
    refused = await add(tea, guest)

    assert said["bundles"][0]["priceChanged"] == {"from": 3500, "to": 3300}
    assert ([notice["code"] for notice in said["notices"]], said["totals"]["total"]) == (["PRICE_CHANGED"], 3500)
    assert (taken["totals"]["total"], taken["notices"]) == (6600, [])
    assert (gone["bundles"][0]["available"], gone["totals"]["total"]) == (False, 6600)
    assert (refused.status_code, refused.json()["code"]) == (409, "PRODUCT_UNAVAILABLE")


async def test_an_older_event_changes_nothing(tea: Shop) -> None:
    """Events of one bundle may come in any order."""
    await offer(tea, 5, prices={"USD": 3000})
    await offer(tea, 4, active=False)
    guest = await tea.guest_cart()

    assert (await add(tea, guest)).json()["totals"]["total"] == 3000


async def test_another_companys_bundle_is_none(tea: Shop) -> None:
    """404, as one that never was."""
    guest = await (await Shop.open(tea.client, tea.database)).guest_cart()

    answer = await add(tea, guest)

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
