"""A guest signs in and brings the cart along (rules.md 11)."""

from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import contents, refused_as


async def test_a_guest_brings_the_cart_along_and_loses_nothing(shop: Shop) -> None:
    """The larger quantity counts, a retry changes nothing, the guest's token is void, and it sells as one cart."""
    guest, customer = shop.guest(), shop.customer("ann")
    await guest.opens_a_cart()
    await guest.adds("mug", 3)
    await guest.adds("bowl")
    await guest.uses("SAVE10")
    await customer.opens_a_cart()
    await customer.adds("mug", 2)

    merged = await customer.merges(guest.session_token)
    again = await customer.merges(guest.session_token)

    assert contents(merged) == contents(again) == contents(await customer.looks()) == {"MUG": 3, "BOWL": 1}
    assert {(change.sku, change.from_, change.to) for change in merged.merge_changes} >= {("MUG", 2, 3)}
    assert again.version == merged.version
    assert again.merge_changes == []
    assert [discount.code for discount in merged.discounts] == ["SAVE10"]
    assert await refused_as(guest.adds("mug")) == (404, "CART_NOT_FOUND")

    await shop.orders(merged.id, "order-of-ann")
    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 1 and seen.carts.merged == 1)
    assert overview.carts.created == 2
    assert overview.revenue == merged.totals.total


async def test_the_cart_of_a_guest_who_had_none_becomes_theirs(shop: Shop) -> None:
    """Who signs in for the first time keeps the very cart that they filled as a guest."""
    guest, customer = shop.guest(), shop.customer("ben")
    await guest.opens_a_cart()
    await guest.adds("mug", 2)

    merged = await customer.merges(guest.session_token)

    assert merged.id == guest.cart_id
    assert merged.customer_id == "ben"
    assert contents(await customer.looks()) == {"MUG": 2}


async def test_nobody_merges_the_cart_of_somebody_else(shop: Shop) -> None:
    """A session that a customer has taken over opens nothing for another one."""
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug")
    await shop.customer("cleo").merges(guest.session_token)

    assert await refused_as(shop.customer("dora").merges(guest.session_token)) == (404, "CART_NOT_FOUND")
