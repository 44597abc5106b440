"""What a shopper is told while a part of the platform is away: the stated degraded answer, never a hang, never a 500.

Synchronous calls exist in a few places only (architecture.md, "Services"); everything else goes on.
"""

from servicekit.testing.polling import poll

from .shop_owner import Shop
from .shopper import Shopper, contents
from .visitor import fine, refusal


async def products_known(shop: Shop) -> int:
    """How many of the shop's products are in cart's replica."""
    async with shop.stack.database("cart") as database:
        count = "SELECT count(*) FROM product_snapshots WHERE company_id = $1"
        return int(await database.fetchval(count, shop.company_id))


async def has_a_cart(shop: Shop) -> Shopper:
    """A guest with a mug in the cart, once the cart service knows the whole catalogue by itself."""
    await poll(lambda: products_known(shop), lambda known: known == len(shop.products))
    guest = shop.shopper()
    await guest.opens_a_cart()
    await guest.adds("mug")
    return guest


async def test_without_pricing_only_codes_and_addresses_wait(shop: Shop) -> None:
    """A code is answered 503 and leaves the cart untouched; adding and pricing go on: a cart prices itself."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("pricing-api", "pricing-worker"):
        before = await guest.looks()
        assert refusal(await guest.uses("SAVE10")) == (503, "SERVICE_UNAVAILABLE")
        assert await guest.looks() == before
        added = await guest.adds("bowl")
        assert added["totals"]["total"] == 1250 + 2400

    used = await poll(lambda: guest.uses("SAVE10"), lambda answer: answer.status_code != 503, every_seconds=1)
    assert fine(used)["totals"]["discountTotal"] == 365


async def test_without_inventory_only_holds_wait(shop: Shop) -> None:
    """Holding is answered 503 and nothing is taken; what is in the replica can be added."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("inventory-api", "inventory-worker"):
        assert refusal(await guest.holds()) == (503, "SERVICE_UNAVAILABLE")
        await guest.adds("bowl")
        assert (await guest.looks())["hold"] is None

    held = await poll(guest.holds, lambda answer: answer.status_code != 503, every_seconds=0.5)
    assert {line["sku"] for line in fine(held)["lines"]} == {"MUG", "BOWL"}


async def test_without_redis_carts_go_on_and_codes_are_refused(shop: Shop) -> None:
    """Carts are limited by each process alone; codes, which could be guessed, are not tried at all (targets.md)."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("redis"):
        await guest.adds("bowl")
        assert contents(await guest.looks()) == {"MUG": 1, "BOWL": 1}
        assert refusal(await guest.uses("SAVE10")) == (503, "SERVICE_UNAVAILABLE")
        limited = [await guest.tries_to_add("mug") for _ in range(31)]
        assert {answer.status_code for answer in limited} == {200, 429}
        assert "retry-after" in limited[-1].headers

    used = await poll(lambda: guest.uses("SAVE10"), lambda answer: answer.status_code != 503, every_seconds=0.5)
    assert used.status_code == 200


async def test_without_the_broker_shopping_goes_on_and_is_counted_later(shop: Shop) -> None:
    """The outbox keeps what happened: carts are filled and ordered, and the numbers catch up."""
    guest = await has_a_cart(shop)
    await poll(shop.overview, lambda seen: seen["carts"]["created"] == 1)
    async with shop.stack.without("rabbitmq"):
        await guest.adds("bowl")
        ordered = fine(await shop.orders(guest.cart_id, "order-in-silence"))
        assert (await shop.overview())["carts"]["converted"] == 0

    overview = await poll(shop.overview, lambda seen: seen["carts"]["converted"] == 1, deadline_seconds=60)
    assert overview["revenue"] == ordered["totals"]["total"]


async def test_without_recovery_and_upsell_and_analytics_nobody_who_shops_notices(shop: Shop) -> None:
    """Their own routes are answered by the gateway with a problem document; carts and orders do not need them."""
    asleep = [f"{service}-{role}" for service in ("recovery", "upsell", "analytics") for role in ("api", "worker")]
    async with shop.stack.without(*asleep):
        guest = await has_a_cart(shop)
        assert refusal(await guest.send("GET", "/api/cart/upsells")) == (503, "SERVICE_UNAVAILABLE")
        overview = await shop.admin().send("GET", "/api/analytics/ecommerce/overview")
        assert refusal(overview) == (503, "SERVICE_UNAVAILABLE")
        fine(await shop.orders(guest.cart_id, "order-unseen"))

    await poll(shop.overview, lambda seen: seen["carts"]["converted"] == 1, deadline_seconds=60)


async def test_without_cart_upsells_are_still_shown(shop: Shop) -> None:
    """Recommendations fall back on what sells best; carts themselves are answered 503 by the gateway."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("cart-api"):
        shown = fine(await guest.send("GET", "/api/cart/upsells"))
        assert shown["items"]
        assert refusal(await guest.send("GET", "/api/public/cart")) == (503, "SERVICE_UNAVAILABLE")
        added = await guest.send("POST", f"/api/cart/upsells/{shop.products['bowl']}/add", {})
        assert refusal(added) == (503, "SERVICE_UNAVAILABLE")

    assert contents(await guest.looks()) == {"MUG": 1}
