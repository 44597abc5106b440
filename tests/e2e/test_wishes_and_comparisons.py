"""A shopper wishes and compares, shows it to a friend, signs in, and buys what they wished for."""

from cartwheel_client.models.cart import ChangeSite
from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import contents, refused_as


async def test_wishes_survive_the_sign_in_and_become_an_order(shop: Shop) -> None:
    """Nothing is lost on the way, a friend copies the list, and what is ordered is off it."""
    guest, friend, customer = shop.guest(), shop.guest(), shop.customer("wanda")
    await guest.opens_a_cart()
    await friend.opens_a_cart()
    await guest.cart.wishlist.add(shop.products["mug"], quantity=2, note="in blue")
    await guest.cart.wishlist.add(shop.products["bowl"])
    link = await guest.cart.wishlist.share(days=7)

    shown = await guest.cartwheel.shared_lists().wishlist(link.token)
    copied = await friend.cart.wishlist.copy_shared(link.token)
    await customer.merges(guest.session_token)
    await customer.merges(guest.session_token)
    kept = await customer.cart.wishlist.read()
    moved = await customer.cart.move_wish_to_cart(kept.items[0].id)
    await shop.orders(moved.id, "order-of-wanda", expected_total=moved.totals.total)

    assert [item.sku for item in shown.items] == ["MUG", "BOWL"]
    assert [change.kind for change in copied.copy_changes] == ["added", "added"]
    assert [(item.sku, item.quantity, item.note) for item in kept.items] == [("MUG", 2, "in blue"), ("BOWL", 1, None)]
    assert contents(moved) == {"MUG": 2}
    assert [item.sku for item in (await customer.cart.wishlist.read()).items] == ["BOWL"]
    assert await refused_as(guest.cart.wishlist.read()) == (404, "CART_NOT_FOUND")
    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 1)
    assert overview.revenue == moved.totals.total


async def test_products_are_compared_by_the_catalogues_attributes(shop: Shop) -> None:
    """Where the site has switched it on, and only as many as it allows; a revoked link shows nothing."""
    guest = shop.guest()
    await guest.opens_a_cart()
    comparison = guest.cart.comparison
    off = await refused_as(comparison.add(shop.products["mug"]))
    await shop.staff.sites.change(shop.site_id, ChangeSite(enable_compare=True, max_compare_items=2))

    await comparison.add(shop.products["mug"])
    compared = await comparison.add(shop.products["bowl"])
    link = await comparison.share()
    shared = await guest.cartwheel.shared_lists().comparison(link.token)
    await comparison.unshare()

    assert off == (403, "FEATURE_DISABLED")
    assert [item.sku for item in compared.items] == [item.sku for item in shared.items] == ["MUG", "BOWL"]
    assert await refused_as(guest.cartwheel.shared_lists().comparison(link.token)) == (404, "NOT_FOUND")
