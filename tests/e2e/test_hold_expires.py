"""Stock that was held and not bought goes back to the shelf (rules.md 17, 18)."""

from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import Guest, refused_as, unless_refused

NOT_HELD = (409, "INVENTORY_HOLD_FAILED")


async def wants(shop: Shop, handle: str) -> Guest:
    """A guest with one piece in the cart."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds(handle)
    return guest


async def test_a_hold_expires_and_another_shopper_gets_the_stock(shop: Shop) -> None:
    """While it is held nobody else gets the last one; when the time is over the next shopper buys it."""
    slow, quick = await wants(shop, "last-vase"), await wants(shop, "last-vase")
    held = await slow.holds()
    assert (held.status, [(line.sku, line.quantity) for line in held.lines]) == ("ACTIVE", [("VASE", 1)])
    assert await refused_as(quick.holds()) == NOT_HELD

    # as often as a shopper may ask for a hold (api.md, "Limits")
    await poll(lambda: unless_refused(quick.holds(), NOT_HELD[1]), deadline_seconds=60, every_seconds=2.5)

    status = await poll(slow.cart.hold_status, lambda hold: hold.status == "EXPIRED")
    assert status.seconds_left == 0
    assert await refused_as(slow.holds()) == NOT_HELD
    await shop.orders(quick.cart_id, "order-of-the-quick")
    await poll(lambda: shop.left("VASE"), lambda on_hand: on_hand == 0)


async def test_a_released_hold_is_on_the_shelf_at_once(shop: Shop) -> None:
    """Who lets go of the hold leaves the stock to the next shopper without any wait."""
    first, second = await wants(shop, "last-vase"), await wants(shop, "last-vase")
    await first.holds()

    await first.cart.release_hold()

    assert (await second.holds()).status == "ACTIVE"
