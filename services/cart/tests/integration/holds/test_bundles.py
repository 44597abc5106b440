"""A cart that holds stock holds what is in its bundles, and moves it with them (rules.md 18)."""

from ...bundling import add, sell_tea
from ...holding import change_under_way, held_cart, hold, mugs, set_line
from ...shop import Shop
from ...stock_stub import StockStub


async def test_components_are_held_and_given_back_with_their_bundle(shop: Shop, stock: StockStub) -> None:
    """Beside what the cart held; growing and removing one line of it moves the stock of all."""
    await sell_tea(shop)
    guest = await held_cart(shop)
    pot, cup = (str(shop.products[sku][1]) for sku in ("pot", "cup"))

    cart = (await add(shop, guest)).json()
    held = stock.held(guest.cart_id)
    line = next(item["id"] for item in cart["items"] if item["sku"] == "pot")
    await set_line(shop, guest, line, 3)
    grown = stock.held(guest.cart_id)
    await shop.client.delete(f"{guest.path}/items/{line}", headers=guest.headers)

    assert held == {**mugs(shop, 2), pot: 1, cup: 2}
    assert grown == {**mugs(shop, 2), pot: 3, cup: 6}
    assert stock.held(guest.cart_id) == mugs(shop, 2)
    assert await change_under_way(shop, guest) is None


async def test_a_bundle_whose_stock_is_refused_is_not_added(shop: Shop, stock: StockStub) -> None:
    """None of its lines is: the cart and what it holds stay as they were."""
    await sell_tea(shop)
    guest = await held_cart(shop)
    stock.faults.append("refuse")

    refused = await add(shop, guest)

    cart = await shop.read(guest)
    assert (refused.status_code, refused.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert ([item["sku"] for item in cart["items"]], cart["bundles"]) == (["mug"], [])
    assert stock.held(guest.cart_id) == mugs(shop, 2)


async def test_a_bundle_is_held_at_the_checkout(shop: Shop, stock: StockStub) -> None:
    """All of its lines, by variant."""
    await sell_tea(shop)
    guest = await shop.guest_cart()
    await add(shop, guest, 2)

    answer = await hold(shop, guest)

    assert answer.status_code == 201
    assert sorted(stock.held(guest.cart_id).values()) == [2, 4]
