"""A guest's wishlist goes into the customer's at sign-in, once (rules.md 11)."""

import asyncio

import pytest

from ...shop import Shop
from ...wishing import Wisher, opens_link, wishlist_events
from ..test_customers import customer_cart, sign_in


@pytest.mark.parametrize("has_a_cart", [True, False])
async def test_wishes_are_united_without_doubles(shop: Shop, has_a_cart: bool) -> None:
    """The customer's come first and stay as they are; whether the carts are united too makes no difference."""
    if has_a_cart:
        await customer_cart(shop, {"mug": 1})
    customer = Wisher.customer(shop)
    await customer.wishes("mug", note="mine")
    wisher, guest = await Wisher.guest(shop)
    await wisher.wishes("mug", note="theirs")
    await wisher.wishes("bowl", quantity=3, note="blue")

    await sign_in(shop, guest)
    await sign_in(shop, guest)

    seen = (await customer.looks())["items"]
    assert [(item["sku"], item["quantity"], item["note"]) for item in seen] == [("mug", 1, "mine"), ("bowl", 3, "blue")]
    assert [event.kind for event in await wishlist_events(shop)].count("MERGED_IN") == 1


async def test_the_list_of_who_had_none_becomes_theirs(shop: Shop) -> None:
    """With its link, which goes on opening it."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    token = await wisher.shares()

    await sign_in(shop, guest)

    assert await Wisher.customer(shop).skus() == ["mug"]
    assert (await opens_link(shop, token)).status_code == 200


async def test_from_then_on_the_guests_token_opens_no_list(shop: Shop) -> None:
    """Nothing that is the customer's, and nothing new either."""
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug")
    await sign_in(shop, guest)

    read, added = await wisher.sends("GET", ""), await wisher.wishes("bowl")

    assert [(a.status_code, a.json()["code"]) for a in (read, added)] == [(404, "CART_NOT_FOUND")] * 2
    assert await Wisher.customer(shop).skus() == ["mug"]


async def test_two_sign_ins_at_once_merge_once(shop: Shop) -> None:
    """A retry that overtakes the first finds nothing of the guest's."""
    customer = Wisher.customer(shop)
    await customer.has_wished("vase")
    wisher, guest = await Wisher.guest(shop)
    await wisher.has_wished("mug", "bowl")

    await asyncio.gather(sign_in(shop, guest), sign_in(shop, guest))

    assert await customer.skus() == ["vase", "mug", "bowl"]
    assert [event.kind for event in await wishlist_events(shop)].count("MERGED_IN") == 1
    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM wishlists") == 1


async def test_a_wish_beside_the_sign_in_is_the_customers_or_refused(shop: Shop) -> None:
    """Whoever is first: it is never lost, and never on a list that nobody opens."""
    for _ in range(8):
        here = await Shop.open(shop.client, shop.database)
        wisher, guest = await Wisher.guest(here)

        _, added = await asyncio.gather(sign_in(here, guest), wisher.wishes("mug"))

        kept = await Wisher.customer(here).skus()
        assert (added.status_code, kept) in [(201, ["mug"]), (404, [])]


async def test_two_guests_of_one_customer_are_both_brought_along(shop: Shop) -> None:
    """Two devices sign in at the same moment."""
    wishers = [await Wisher.guest(shop) for _ in range(2)]
    for (wisher, _), sku in zip(wishers, ("mug", "bowl"), strict=True):
        await wisher.has_wished(sku)

    await asyncio.gather(*(sign_in(shop, guest) for _, guest in wishers))

    assert sorted(await Wisher.customer(shop).skus()) == ["bowl", "mug"]
