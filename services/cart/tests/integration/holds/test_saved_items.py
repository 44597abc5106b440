"""What is saved for later holds no stock, and holds it again when it is back in a cart that does (rules.md 18)."""

import httpx

from ...holding import change_under_way, first_line, held_cart, hold, mugs
from ...shop import Guest, Shop
from ...stock_stub import StockStub


async def move(shop: Shop, guest: Guest, how: str, line: str) -> httpx.Response:
    """Save the line for later, or move it back."""
    return await shop.client.post(f"{guest.path}/{how}/{line}", headers=guest.headers)


async def test_the_stock_of_a_saved_line_is_given_back(shop: Shop, stock: StockStub) -> None:
    """Of two lines the other stays held; with the last one the hold ends."""
    await shop.stock("bowl", price=2400)
    guest = await held_cart(shop)
    mug = await first_line(shop, guest)
    bowl = (await shop.add(guest, "bowl", 1)).json()["items"][1]["id"]

    first = await move(shop, guest, "save-for-later", bowl)
    held = stock.held(guest.cart_id)
    last = await move(shop, guest, "save-for-later", mug)

    assert (first.json()["hold"]["status"], held) == ("ACTIVE", mugs(shop, 2))
    assert (last.json()["hold"]["status"], stock.held(guest.cart_id)) == ("RELEASED", {})


async def test_a_line_that_is_back_is_held_with_the_others(shop: Shop, stock: StockStub) -> None:
    """Where the cart still holds stock at once, else with its next hold."""
    await shop.stock("bowl", price=2400)
    guest = await held_cart(shop)
    bowl = (await shop.add(guest, "bowl", 1)).json()["items"][1]["id"]
    await move(shop, guest, "save-for-later", bowl)

    back = await move(shop, guest, "move-to-cart", bowl)

    assert (back.status_code, back.json()["hold"]["status"]) == (201, "ACTIVE")
    assert stock.held(guest.cart_id) == {**mugs(shop, 2), str(shop.products["bowl"][1]): 1}
    assert await change_under_way(shop, guest) is None
    assert (await hold(shop, guest)).status_code == 201


async def test_a_line_whose_stock_is_refused_stays_saved(shop: Shop, stock: StockStub) -> None:
    """The cart and what it holds stay as they were."""
    guest = await held_cart(shop)
    await shop.stock("bowl", price=2400)
    bowl = (await shop.add(guest, "bowl", 1)).json()["items"][1]["id"]
    await move(shop, guest, "save-for-later", bowl)
    stock.faults.append("refuse")

    refused = await move(shop, guest, "move-to-cart", bowl)

    cart = await shop.read(guest)
    assert (refused.status_code, refused.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert ([line["sku"] for line in cart["items"]], [line["sku"] for line in cart["savedItems"]]) == (
        ["mug"],
        ["bowl"],
    )
    assert stock.held(guest.cart_id) == mugs(shop, 2)
