"""Lines that are saved for later: kept with their options, neither priced nor held, back when they are wanted."""

import asyncio
from typing import Any

import httpx
import pytest

from ..shop import Customer, Guest, Shop, Shopper
from .test_customers import sign_in
from .test_ordering import order

WISH = {"options": {"print": "Ada"}, "meta": {"gift": True}, "rental": {"days": 3}, "source": "email"}


async def call(shop: Shop, shopper: Shopper, method: str, path: str, **headers: str) -> httpx.Response:
    """Ask for something of the shopper's cart."""
    return await shop.client.request(method, f"{shopper.path}/{path}", headers={**shopper.headers, **headers})


async def save(shop: Shop, shopper: Shopper, item: str) -> dict[str, Any]:
    """Save a line for later; the cart after it."""
    answer = await call(shop, shopper, "POST", f"save-for-later/{item}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def saving(shop: Shop, **skus: int) -> Guest:
    """A guest with an empty cart who has saved so many of each."""
    guest = await shop.guest_cart(skus)
    for line in (await shop.read(guest))["items"]:
        await save(shop, guest, line["id"])
    return guest


def pieces(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Quantities by sku."""
    return {line["sku"]: line["quantity"] for line in lines}


@pytest.fixture(params=["guest", "customer"])
async def shopper(request: pytest.FixtureRequest, shop: Shop) -> Shopper:
    """Whoever shops, with an empty cart."""
    if request.param == "guest":
        return await shop.guest_cart()
    ada = Customer(shop.customer())
    assert (await shop.client.post("/api/cart", json={}, headers=ada.headers)).status_code == 201
    return ada


async def test_a_line_is_saved_and_comes_back_with_its_options(shop: Shop, shopper: Shopper) -> None:
    """It costs nothing meanwhile, shows the price of today, and is a line as before when it is back."""
    body = {"productId": str(shop.products["mug"][0]), "quantity": 2, **WISH}
    made = await shop.client.post(f"{shopper.path}/items", json=body, headers=shopper.headers)
    [line] = made.json()["items"]
    saved = await save(shop, shopper, line["id"])
    await shop.stock("mug", price=1000)

    shown = (await call(shop, shopper, "GET", "saved")).json()
    back = await call(shop, shopper, "POST", f"move-to-cart/{line['id']}")

    assert (saved["items"], saved["totals"]["total"], pieces(saved["savedItems"])) == ([], 0, {"mug": 2})
    assert [(one["unitPrice"], one["lineTotal"], one["priceChanged"]) for one in shown["items"]] == [
        (1000, 2000, {"from": 1250, "to": 1000})
    ]
    assert (back.status_code, back.json()["savedItems"], back.json()["totals"]["total"]) == (201, [], 2000)
    [now] = back.json()["items"]
    assert {name: now[name] for name in WISH} == {name: line[name] for name in WISH}
    assert now["priceChanged"] is None


async def test_moving_back_adds_up_and_answers_200(shop: Shop, shopper: Shopper) -> None:
    """The same variant was added again meanwhile (rules.md 8)."""
    line = (await shop.add(shopper, "mug", 2)).json()["items"][0]["id"]
    await save(shop, shopper, line)
    await shop.add(shopper, "mug", 3)

    back = await call(shop, shopper, "POST", f"move-to-cart/{line}")

    assert (back.status_code, pieces(back.json()["items"]), back.json()["savedItems"]) == (200, {"mug": 5}, [])


async def test_a_saved_item_is_forgotten(shop: Shop, shopper: Shopper) -> None:
    """By DELETE; again it is not there any more."""
    line = (await shop.add(shopper, "mug", 2)).json()["items"][0]["id"]
    await save(shop, shopper, line)

    gone = await call(shop, shopper, "DELETE", f"saved/{line}")
    again = await call(shop, shopper, "DELETE", f"saved/{line}")

    assert (gone.status_code, gone.json()["savedItems"]) == (200, [])
    assert (again.status_code, again.json()["code"]) == (404, "ITEM_NOT_FOUND")


async def test_what_is_sold_out_stays_saved(shop: Shop) -> None:
    """The refusal says why, and the cart shows that none is left."""
    guest = await saving(shop, mug=2)
    await shop.left("mug", 0)
    [line] = (await shop.read(guest))["savedItems"]

    refused = await call(shop, guest, "POST", f"move-to-cart/{line['id']}")

    assert (refused.status_code, refused.json()["code"]) == (400, "ITEM_OUT_OF_STOCK")
    assert line["availability"] == {"inStock": False, "left": 0}
    assert pieces((await shop.read(guest))["savedItems"]) == {"mug": 2}


@pytest.mark.parametrize("key", [None, "once"])
async def test_of_eight_tabs_that_move_an_item_back_one_does(shop: Shop, key: str | None) -> None:
    """No piece is made twice; under one key all are answered as the one was."""
    guest = await saving(shop, mug=2)
    [line] = (await shop.read(guest))["savedItems"]
    headers = {"Idempotency-Key": key} if key else {}

    answers = await asyncio.gather(
        *(call(shop, guest, "POST", f"move-to-cart/{line['id']}", **headers) for _ in range(8))
    )

    cart = await shop.read(guest)
    expected = [201] * 8 if key else [201] + [404] * 7
    assert sorted(answer.status_code for answer in answers) == expected
    assert (pieces(cart["items"]), cart["savedItems"]) == ({"mug": 2}, [])


async def test_saving_races_with_adding_and_no_piece_is_lost(shop: Shop) -> None:
    """Adds of one tab go on while another saves the line and moves it back (rules.md 9)."""
    guest = await shop.guest_cart({"mug": 1})
    line = (await shop.read(guest))["items"][0]["id"]

    async def to_and_fro() -> None:
        for _ in range(3):
            await call(shop, guest, "POST", f"save-for-later/{line}")
            await call(shop, guest, "POST", f"move-to-cart/{line}")

    added, _ = await asyncio.gather(asyncio.gather(*(shop.add(guest, "mug") for _ in range(6))), to_and_fro())

    cart = await shop.read(guest)
    accepted = sum(answer.is_success for answer in added)
    there = sum(one["quantity"] for one in [*cart["items"], *cart["savedItems"]])
    assert (accepted, there) == (6, 7)


async def test_a_sign_in_keeps_what_both_saved(shop: Shop) -> None:
    """Of the same item the larger quantity, whichever cart it was in (rules.md 11)."""
    await shop.stock("bowl", price=2400)
    guest, ada = await saving(shop, mug=3, bowl=1), Customer(shop.customer())
    await shop.client.post("/api/cart", json={}, headers=ada.headers)
    await save(shop, ada, (await shop.add(ada, "mug", 2)).json()["items"][0]["id"])

    merged = await sign_in(shop, guest)
    again = await sign_in(shop, guest)

    assert (merged["items"], pieces(merged["savedItems"])) == ([], {"mug": 3, "bowl": 1})
    assert again["savedItems"] == merged["savedItems"]


async def test_a_guest_without_a_customers_cart_brings_what_is_saved(shop: Shop) -> None:
    """The guest's cart becomes the customer's with all that belongs to it."""
    guest = await saving(shop, mug=3)

    assert pieces((await sign_in(shop, guest))["savedItems"]) == {"mug": 3}


async def test_an_order_takes_nothing_that_is_saved(shop: Shop) -> None:
    """It waits in the cart in which the shopper goes on, opened by the same token (rules.md 16)."""
    await shop.stock("bowl", price=2400)
    guest = await saving(shop, bowl=1)
    await shop.add(guest, "mug", 2)

    ordered = (await order(shop, guest, "A-1")).json()
    after = await shop.read(guest)

    assert (ordered["totals"]["total"], ordered["remainingCartId"]) == (2500, after["id"])
    assert (after["status"], after["items"], pieces(after["savedItems"])) == ("ACTIVE", [], {"bowl": 1})
