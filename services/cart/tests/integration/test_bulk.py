"""Several lines at once: all or none, one change, one event (api.md)."""

import asyncio
from typing import Any

import httpx
import pytest
from contracts.cart import CartUpdated
from servicekit.ids import new_id
from servicekit.testing import published

from ..shop import Customer, Shop, Shopper


async def change(shop: Shop, shopper: Shopper, *operations: dict[str, Any], **headers: str) -> httpx.Response:
    """Ask for these operations as one."""
    return await shop.client.post(
        f"{shopper.path}/items/bulk", json={"operations": operations}, headers={**shopper.headers, **headers}
    )


def add(shop: Shop, sku: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """The operation that adds so many."""
    return {"op": "add", "productId": str(shop.products[sku][0]), "quantity": quantity, **more}


def set_to(line: str, quantity: int) -> dict[str, Any]:
    """The operation that sets a line."""
    return {"op": "set", "itemId": line, "quantity": quantity}


def remove(line: str) -> dict[str, Any]:
    """The operation that removes a line."""
    return {"op": "remove", "itemId": line}


@pytest.fixture(params=["guest", "customer"])
async def shopper(request: pytest.FixtureRequest, shop: Shop) -> Shopper:
    """Whoever shops, with an empty cart, at a shop with more than mugs."""
    for sku in ("bowl", "vase"):
        await shop.stock(sku, price=2400, available=10)
    if request.param == "guest":
        return await shop.guest_cart()
    ada = Customer(shop.customer())
    await shop.client.post("/api/cart", json={}, headers=ada.headers)
    return ada


async def test_all_operations_are_one_change(shop: Shop, shopper: Shopper) -> None:
    """One version more, one event that names each line, one entry of the timeline."""
    made = await change(shop, shopper, add(shop, "mug", 2), add(shop, "bowl", 3))
    cart = made.json()
    mug, bowl = (line["id"] for line in cart["items"])

    answer = await change(shop, shopper, set_to(mug, 5), remove(bowl), add(shop, "vase", 4, source="email"))

    assert (made.status_code, answer.status_code) == (200, 200)
    assert answer.json()["version"] == cart["version"] + 1
    assert await shop.lines(shopper.headers) == {"mug": 5, "vase": 4}
    *_, last = [e for e in await published(shop.database, CartUpdated) if str(e.aggregate_id) == cart["id"]]
    assert isinstance(last.data, CartUpdated)
    done = last.data.change
    assert (done.kind, done.line_id, done.quantity_delta) == ("ITEM_ADDED", None, 4)
    assert [(one.quantity_delta, one.source) for one in done.lines] == [(3, None), (-3, None), (4, "email")]
    timeline = await shop.client.get(f"/api/admin/carts/{cart['id']}/activity", headers=shop.staff())
    assert [entry["kind"] for entry in timeline.json()["items"]] == ["LINES_CHANGED"] * 2


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (lambda shop: add(shop, "bowl", 11), 409, "INSUFFICIENT_STOCK"),
        (lambda shop: add(shop, "mug", 101), 422, "QUANTITY_LIMIT"),
        (lambda shop: remove(str(new_id())), 404, "ITEM_NOT_FOUND"),
        (lambda shop: set_to(str(new_id()), 2), 404, "ITEM_NOT_FOUND"),
    ],
)
async def test_where_one_is_refused_none_is_made(
    shop: Shop, shopper: Shopper, refused: Any, status: int, code: str
) -> None:
    """The refusal is that of the operation, whose place it names."""
    await shop.add(shopper, "mug", 2)

    answer = await change(shop, shopper, add(shop, "vase"), refused(shop), add(shop, "bowl"))

    assert (answer.status_code, answer.json()["code"], answer.json()["operation"]) == (status, code, 1)
    assert await shop.lines(shopper.headers) == {"mug": 2}


async def test_a_line_is_replaced_in_one_request(shop: Shop) -> None:
    """Removed and added again it is the same line, as it was added last."""
    guest = await shop.guest_cart()
    first = await change(shop, guest, add(shop, "mug", 5, meta={"gift": True}))
    [line] = first.json()["items"]

    answer = await change(shop, guest, remove(line["id"]), add(shop, "mug", 2, meta={"gift": False}))

    [now] = (await shop.read(guest))["items"]
    assert answer.status_code == 200
    assert (now["id"], now["quantity"], now["meta"]) == (line["id"], 2, {"gift": False})


async def test_under_a_key_it_is_done_once(shop: Shop) -> None:
    """Eight sendings of one request, and the refusal of another, which is kept as well (rules.md 10)."""
    guest = await shop.guest_cart()
    key = {"Idempotency-Key": "once"}

    answers = await asyncio.gather(*(change(shop, guest, add(shop, "mug", 2), **key) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert await shop.lines(guest.headers) == {"mug": 2}


async def test_bulks_of_two_tabs_are_all_done(shop: Shop) -> None:
    """Each applied to the cart as it is then (rules.md 9)."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 1})

    answers = await asyncio.gather(*(change(shop, guest, add(shop, "mug"), add(shop, "bowl", 2)) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert await shop.lines(guest.headers) == {"mug": 9, "bowl": 16}


async def test_if_match_counts_for_all_of_it(shop: Shop) -> None:
    """An old version changes nothing."""
    guest = await shop.guest_cart({"mug": 1})

    answer = await change(shop, guest, add(shop, "mug"), **{"If-Match": '"1"'})

    assert (answer.status_code, await shop.lines(guest.headers)) == (412, {"mug": 1})


@pytest.mark.parametrize("operations", [[], [{"op": "empty"}], [{"op": "set", "quantity": 1}], "over"])
async def test_what_is_no_list_of_operations_is_refused(shop: Shop, operations: Any) -> None:
    """None, of an unknown kind, one that lacks its line, and more than two hundred."""
    guest = await shop.guest_cart()
    wanted = [add(shop, "mug")] * 201 if operations == "over" else operations

    answer = await change(shop, guest, *wanted)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")


async def test_a_product_that_nobody_has_here_is_looked_for(shop: Shop) -> None:
    """Inventory is away in these tests: 503, for a few products and for many."""
    guest = await shop.guest_cart()
    unknown = [{"op": "add", "productId": str(new_id()), "quantity": 1} for _ in range(11)]

    few, many = await change(shop, guest, *unknown[:2]), await change(shop, guest, *unknown)

    assert (few.status_code, few.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (many.status_code, many.json()["code"]) == (503, "SERVICE_UNAVAILABLE")


async def test_a_guest_clears_a_cart(shop: Shop) -> None:
    """All lines go, in one change; an empty cart may be cleared as well."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 2, "bowl": 1})

    answers = [await shop.client.delete(f"{guest.path}/items", headers=guest.headers) for _ in range(2)]

    assert [(answer.status_code, answer.json()["items"]) for answer in answers] == [(200, [])] * 2
