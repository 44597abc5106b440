"""A guest shops and buys; every service hears of it, once."""

from servicekit.testing.polling import poll

from .shop_owner import Shop
from .visitor import refusal


async def test_a_guest_buys_and_the_numbers_say_so(shop: Shop) -> None:
    """Browse, add, use a code, hold, order: the sale is in analytics, the stock is gone, the cart is final."""
    before = await shop.left("MUG")
    guest = shop.shopper()
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    await guest.adds("bowl")
    assert (await guest.uses("SAVE10")).status_code == 200
    assert (await guest.holds()).status_code == 201
    total = (await guest.looks())["totals"]["total"]

    ordered = await shop.orders(guest.cart_id, "order-1", expectedTotal=total)
    again = await shop.orders(guest.cart_id, "order-1", expectedTotal=total)

    assert ordered.status_code == again.status_code == 200, ordered.text
    assert ordered.json() == again.json()
    assert total == 2 * 1250 + 2400 - 490
    overview = await poll(shop.overview, lambda seen: seen["carts"]["converted"] == 1)
    assert overview["revenue"] == total
    assert overview["carts"]["created"] == 1
    assert refusal(await guest.tries_to_add("mug")) == (409, "CART_CONVERTED")
    await poll(lambda: shop.left("MUG"), lambda on_hand: on_hand == before - 2)


async def test_the_last_vase_is_sold_once(shop: Shop) -> None:
    """Two guests want the last one: who holds it gets it, the other is told what is left (rules.md 17, 18)."""
    first, second = shop.shopper(), shop.shopper()
    for guest in (first, second):
        await guest.opens_a_cart()
        await guest.adds("last-vase")

    held = await first.holds()
    refused = await second.holds()

    assert held.status_code == 201
    assert refusal(refused) == (409, "INVENTORY_HOLD_FAILED")
    assert refused.json()["lines"] == [{"sku": "VASE", "requested": 1, "available": 0}]
