"""What is held is always what the cart says: refused changes, races and lost answers included (rules.md 18)."""

import asyncio
from typing import Any

import httpx
import pytest
from cart.carts.persistence import carts

from ...holding import change_under_way, first_line, held_cart, hold, mugs, set_line, set_mugs, transactions_of_cart
from ...shop import Shop
from ...stock_stub import Gate, StockStub
from ...wishing import Wisher


async def test_a_hold_follows_a_changed_quantity(shop: Shop, stock: StockStub) -> None:
    """The change and its hold go together, and nothing is under way afterwards."""
    guest = await held_cart(shop)

    answer = await set_mugs(shop, guest, 5)

    assert (answer.status_code, answer.json()["hold"]["status"]) == (200, "ACTIVE")
    assert stock.held(guest.cart_id) == mugs(shop, 5)
    assert await change_under_way(shop, guest) is None


async def test_a_cart_that_is_emptied_holds_nothing(shop: Shop, stock: StockStub) -> None:
    """The last line gone, the stock is given back."""
    guest = await held_cart(shop)
    line = (await shop.read(guest))["items"][0]["id"]

    answer = await shop.client.delete(f"{guest.path}/items/{line}", headers=guest.headers)

    assert (answer.status_code, answer.json()["hold"]["status"]) == (200, "RELEASED")
    assert stock.held(guest.cart_id) == {}


async def test_of_five_changes_with_one_if_match_the_hold_is_that_of_the_one_that_won(
    shop: Shop, stock: StockStub
) -> None:
    """While the first waits for its stock the others are refused, and move none."""
    guest = await held_cart(shop)
    line, version = await first_line(shop, guest), (await shop.read(guest))["version"]
    gate = stock.during = Gate()

    async def set_to(quantity: int) -> httpx.Response:
        return await set_line(shop, guest, line, quantity, **{"If-Match": f'"{version}"'})

    first = asyncio.ensure_future(set_to(3))
    await gate.reached()
    others = [asyncio.ensure_future(set_to(quantity)) for quantity in range(4, 8)]
    refused = await others[0]
    gate.open()

    assert refused.status_code == 409
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("CONFLICT", "1")
    assert (await first).status_code == 200
    assert {answer.status_code for answer in await asyncio.gather(*others)} <= {409, 412}
    assert await shop.lines(guest.headers) == {"mug": 3}
    assert stock.held(guest.cart_id) == mugs(shop, 3)
    assert stock.calls == ["place", "place"]


@pytest.mark.parametrize(
    ("body", "line", "headers", "status"),
    [
        ({"quantity": 5}, None, {"If-Match": '"1"'}, 412),
        ({"quantity": 5}, "01940000-0000-7000-8000-000000000000", {}, 404),
        ({"quantity": 101}, None, {}, 422),
        ({"quantity": 5, "price": 1}, None, {}, 422),
    ],
)
async def test_a_refused_change_moves_no_stock(
    shop: Shop, stock: StockStub, body: dict[str, int], line: str | None, headers: dict[str, str], status: int
) -> None:
    """Every refusal falls before inventory is called."""
    guest = await held_cart(shop)
    line = line or (await shop.read(guest))["items"][0]["id"]

    answer = await shop.client.patch(f"{guest.path}/items/{line}", json=body, headers={**guest.headers, **headers})

    assert answer.status_code == status, answer.text
    assert stock.calls == ["place"]


async def test_a_change_whose_stock_is_refused_is_not_made(shop: Shop, stock: StockStub) -> None:
    """Cart and hold stay as they were, and the next change is free to go."""
    guest = await held_cart(shop)
    stock.faults.append("refuse")

    refused = await set_mugs(shop, guest, 9)
    after = await shop.lines(guest.headers)
    again = await set_mugs(shop, guest, 3)

    assert (refused.status_code, refused.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert after == {"mug": 2}
    assert again.status_code == 200
    assert stock.held(guest.cart_id) == mugs(shop, 3)


async def test_a_hold_that_is_placed_while_the_cart_changes_is_that_of_the_cart(shop: Shop, stock: StockStub) -> None:
    """A change that began before the hold was noted is made after it, and the hold follows."""
    guest = await shop.guest_cart({"mug": 2})
    line = await first_line(shop, guest)
    gate = stock.during = Gate()

    placing = asyncio.ensure_future(hold(shop, guest))
    await gate.reached()
    changing = asyncio.ensure_future(set_line(shop, guest, line, 7))
    gate.open()
    placed, changed = await asyncio.gather(placing, changing)

    assert (placed.status_code, changed.status_code) == (201, 200)
    assert await shop.lines(guest.headers) == {"mug": 7}
    assert stock.held(guest.cart_id) == mugs(shop, 7)


async def test_a_change_that_was_read_before_a_hold_and_saved_after_it_is_made_again(
    shop: Shop, stock: StockStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its save finds that the hold has changed since, though the cart has not."""
    guest = await shop.guest_cart({"mug": 2})
    line, save = await first_line(shop, guest), carts.save

    async def place_hold_before(*args: Any) -> None:
        monkeypatch.setattr(carts, "save", save)
        assert (await hold(shop, guest)).status_code == 201
        await save(*args)

    monkeypatch.setattr(carts, "save", place_hold_before)
    changed = await set_line(shop, guest, line, 7)

    assert changed.status_code == 200
    assert stock.held(guest.cart_id) == mugs(shop, 7)


async def test_a_slow_inventory_keeps_no_other_cart_waiting(shop: Shop, stock: StockStub) -> None:
    """Five changes wait for inventory on a pool of two connections: none is in use, and another cart is filled."""
    guests = [await held_cart(shop) for _ in range(5)]
    other = await shop.guest_cart()
    gate = stock.during = Gate()
    changes = [asyncio.ensure_future(set_mugs(shop, guest, 3)) for guest in guests]
    await gate.reached(5)
    open_transactions = await transactions_of_cart(shop)
    added = await shop.add(other, "mug", 1)
    gate.open()

    assert (open_transactions, added.status_code) == (0, 201)
    assert [answer.status_code for answer in await asyncio.gather(*changes)] == [200] * 5


async def test_a_wish_that_goes_into_a_cart_with_a_hold_is_held_too(shop: Shop, stock: StockStub) -> None:
    """It leaves the list in the transaction that saves the line, after inventory has answered."""
    guest = await held_cart(shop)
    wisher = Wisher(shop, guest.headers)
    await shop.stock("bowl", price=2400)
    await wisher.has_wished("bowl", "mug")
    path = f"/items/{await wisher.wish_id('bowl')}/move-to-cart"

    answers = await asyncio.gather(*(wisher.sends("POST", path, {}) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 404, 404]
    assert await wisher.skus() == ["mug"]
    assert await shop.lines(guest.headers) == {"mug": 2, "bowl": 1}
    assert stock.held(guest.cart_id) == {**mugs(shop, 2), str(shop.products["bowl"][1]): 1}


async def test_a_wish_for_which_no_stock_can_be_held_stays_on_the_list(shop: Shop, stock: StockStub) -> None:
    """Inventory refuses: neither the cart nor the list has changed."""
    guest = await held_cart(shop)
    wisher = Wisher(shop, guest.headers)
    await shop.stock("bowl", price=2400)
    await wisher.has_wished("bowl")
    stock.faults.append("refuse")

    refused = await wisher.sends("POST", f"/items/{await wisher.wish_id('bowl')}/move-to-cart", {})

    assert refused.status_code == 409
    assert (await wisher.skus(), await shop.lines(guest.headers)) == (["bowl"], {"mug": 2})
