"""Stock that was held and not bought goes back to the shelf (rules.md 17, 18)."""

from servicekit.testing.polling import poll

from .shop_owner import Shop
from .shopper import Shopper
from .visitor import fine, refusal


async def wants(shop: Shop, handle: str) -> Shopper:
    """A guest with one piece in the cart."""
    guest = shop.shopper()
    await guest.opens_a_cart()
    await guest.adds(handle)
    return guest


async def test_a_hold_expires_and_another_shopper_gets_the_stock(shop: Shop) -> None:
    """While it is held nobody else gets the last one; when the time is over the next shopper buys it."""
    slow, quick = await wants(shop, "last-vase"), await wants(shop, "last-vase")
    held = fine(await slow.holds())
    assert (held["status"], held["lines"]) == ("ACTIVE", [{"sku": "VASE", "quantity": 1}])
    assert refusal(await quick.holds()) == (409, "INVENTORY_HOLD_FAILED")

    await poll(quick.holds, lambda answer: answer.status_code == 201, deadline_seconds=60, every_seconds=0.25)

    status = await poll(
        lambda: slow.send("GET", f"/api/cart/{slow.cart_id}/hold/status"),
        lambda answer: answer.json().get("status") == "EXPIRED",
    )
    assert status.json()["secondsLeft"] == 0
    assert refusal(await slow.holds()) == (409, "INVENTORY_HOLD_FAILED")
    fine(await shop.orders(quick.cart_id, "order-of-the-quick"))
    await poll(lambda: shop.left("VASE"), lambda on_hand: on_hand == 0)


async def test_a_released_hold_is_on_the_shelf_at_once(shop: Shop) -> None:
    """Who lets go of the hold leaves the stock to the next shopper without any wait."""
    first, second = await wants(shop, "last-vase"), await wants(shop, "last-vase")
    fine(await first.holds())

    fine(await first.send("DELETE", f"/api/cart/{first.cart_id}/hold"))

    assert (await second.holds()).status_code == 201
