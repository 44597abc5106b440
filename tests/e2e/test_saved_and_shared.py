"""A cart is filled at once, keeps something for later, and is copied by a friend who got its link."""

from uuid import UUID

from cartwheel_client.models.cart import AddOperation
from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import contents, refused_as, unless_refused


async def test_what_is_saved_gives_its_stock_back_and_takes_it_again(shop: Shop) -> None:
    """The last vase: held, saved for later, sold to nobody meanwhile, and held again when it is moved back."""
    guest, other = shop.guest(), shop.guest()
    await guest.opens_a_cart()
    wanted = [
        AddOperation(op="add", product_id=shop.products[handle], quantity=quantity)
        for handle, quantity in (("mug", 2), ("last-vase", 1))
    ]
    cart = await guest.cart.change_items(wanted)
    await other.opens_a_cart()
    await other.adds("last-vase")
    await guest.holds()
    taken = await refused_as(other.holds())

    vase = next(line.id for line in cart.items if line.sku == "VASE")
    saved = await guest.cart.save_for_later(vase)
    held = await poll(lambda: unless_refused(other.holds(), "INVENTORY_HOLD_FAILED"))
    await other.cart.release_hold()
    # until the cart has seen that the stock is back, and as often as a shopper may add (api.md, "Limits")
    back = await poll(lambda: unless_refused(guest.cart.move_to_cart(vase), "ITEM_OUT_OF_STOCK"), every_seconds=2.5)

    assert (contents(cart), taken) == ({"MUG": 2, "VASE": 1}, (409, "INVENTORY_HOLD_FAILED"))
    assert (contents(saved), [line.sku for line in saved.saved_items]) == ({"MUG": 2}, ["VASE"])
    assert held is not None
    assert back is not None
    assert held.status == "ACTIVE"
    assert (contents(back), back.saved_items) == ({"MUG": 2, "VASE": 1}, [])
    assert {line.sku for line in (await guest.cart.hold_status()).lines} == {"MUG", "VASE"}


async def test_a_friend_copies_a_shared_cart_and_orders_it(shop: Shop) -> None:
    """What cannot be had is named; analytics counts what was copied; an ended link shows nothing."""
    guest, friend, late = shop.guest(), shop.guest(), shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug", 3)
    await guest.adds("last-vase")
    link = await guest.cart.share(expires_in_hours=1)
    await shop.orders(await _wants_the_vase(shop), "order-of-the-quick")

    storefront = friend.cartwheel.storefront()
    shown = await poll(lambda: storefront.shared_cart(link.token), lambda seen: not seen.items[1].availability.in_stock)
    await friend.opens_a_cart()
    copied = await friend.cart.copy_shared(link.token)
    await shop.orders(friend.cart_id, "order-of-the-friend")
    await guest.cart.end_link(link.id)

    assert [(item.sku, item.quantity, item.unit_price) for item in shown.items] == [("MUG", 3, 1250), ("VASE", 1, 9900)]
    assert copied.items[0].source == "shared"
    assert [(one.sku, one.reason) for one in copied.not_copied] == [("VASE", "ITEM_OUT_OF_STOCK")]
    assert await refused_as(late.cartwheel.storefront().shared_cart(link.token)) == (404, "NOT_FOUND")
    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 2)
    assert overview.revenue == 9900 + 3 * 1250


async def _wants_the_vase(shop: Shop) -> UUID:
    """The cart of somebody else who has the last one in it."""
    buyer = shop.guest()
    await buyer.opens_a_cart()
    await buyer.adds("last-vase")
    return buyer.cart_id
