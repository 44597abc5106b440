"""A tab that is left open shows its cart as it is, through the gateway and whatever changes it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from cartwheel_client.models.cart import CartView

from .shop import Shop
from .shopper import contents, unless_refused

PATIENCE_SECONDS = 90


async def shown(tab: AsyncIterator[CartView | None], is_so: Callable[[CartView], object]) -> CartView:
    """The first cart from now on of which this is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            cart = await anext(tab)
            if cart is not None and is_so(cart):
                return cart


async def test_a_tab_shows_adds_prices_holds_and_the_order(shop: Shop) -> None:
    """Of the shopper's other device, the merchant, the clock and the shop's order system."""
    guest = shop.guest()
    await guest.opens_a_cart()
    async with aclosing(guest.cart.follow()) as tab:
        await shown(tab, lambda cart: not cart.items)

        await guest.adds("mug", 2)
        await shown(tab, lambda cart: contents(cart) == {"MUG": 2})
        dearer = {"sku": "mug", "title": "Mug", "variants": [{"sku": "MUG", "prices": {"USD": 1400}, "stock": 100_000}]}
        await shop.merchant.import_products([dearer])
        await shown(tab, lambda cart: any(notice.code == "PRICE_CHANGED" for notice in cart.notices))
        await unless_refused(guest.holds(), "INVENTORY_HOLD_FAILED")
        await shown(tab, lambda cart: cart.hold is not None and cart.hold.status == "ACTIVE")
        await shown(tab, lambda cart: cart.hold is not None and cart.hold.status == "EXPIRED")
        await shop.orders(guest.cart_id, "order-of-a-tab")

        async with asyncio.timeout(PATIENCE_SECONDS):
            async for _ in tab:
                pass  # until nothing can change any more


async def test_a_customers_devices_show_one_cart(shop: Shop) -> None:
    """A device that had no cart is sent the one that was made at another."""
    desk, phone = shop.customer("ada"), shop.customer("ada")
    async with aclosing(phone.cart.follow()) as tab:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await anext(tab) is None

        await desk.opens_a_cart()
        await desk.adds("bowl")

        assert contents(await shown(tab, lambda cart: cart.items)) == {"BOWL": 1}
