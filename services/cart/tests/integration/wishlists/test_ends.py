"""What ends a wishlist: nothing, as long as somebody can open it (operations.md, "Jobs")."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from cart.carts.use_cases.clean_up_carts import KEPT, clean_up_carts
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.db import Database
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of

from ...shop import Shop
from ...timers import Time
from ...wishing import Wisher
from ..test_ordering import order


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose time is moved by hand."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database)


async def test_a_guests_list_goes_with_the_cart_whose_token_opens_it(shop: Shop, time: Time, clock: FixedClock) -> None:
    """Nobody could open it any more; a customer's stays, however long they stay away."""
    guest, _ = await Wisher.guest(shop)
    customer = Wisher.customer(shop)
    await guest.has_wished("mug")
    await customer.has_wished("mug")

    await time.passes(timedelta(days=31))
    expired = await guest.looks()
    await time.passes(KEPT + timedelta(days=1))
    await clean_up_carts(time.due.database, dry_run=False)

    assert expired["itemCount"] == 1
    assert (await guest.sends("GET", "")).status_code == 404
    async with shop.database.unit(shop.company_id) as unit:
        owners = await unit.fetch(
            "SELECT customer_id FROM wishlists JOIN wishlist_items i ON i.wishlist_id = wishlists.id"
        )
    assert [row["customer_id"] for row in owners] == ["ada"]


async def test_a_guests_list_goes_along_to_the_cart_after_the_order(shop: Shop) -> None:
    """The token of an ordered cart brings it along; while that cart is open, the list stays with it."""
    wisher, guest = await Wisher.guest(shop)
    await shop.add(guest, "mug")
    await wisher.has_wished("mug")
    too_early = await shop.client.post("/api/public/cart", json={}, headers=guest.headers)
    still = await wisher.skus()
    await order(shop, guest, "A-1")

    made = await shop.client.post("/api/public/cart", json={}, headers=guest.headers)

    after = Wisher(shop, {**shop.anybody(), "x-session-token": made.json()["sessionToken"]})
    assert (too_early.status_code, still) == (201, ["mug"])
    assert await after.skus() == ["mug"]
    assert await wisher.skus() == []
