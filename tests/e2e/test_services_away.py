"""What a shopper is answered while a part of the platform is away: the stated degraded answer, never a hang or a 500.

Synchronous calls exist in a few places only (architecture.md, "Services"); everything else goes on.
"""

from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import Guest, contents, refused, refused_as, unless_refused

AWAY = (503, "SERVICE_UNAVAILABLE")


async def products_known(shop: Shop) -> int:
    """How many of the shop's products are in cart's replica."""
    async with shop.stack.database("cart") as database:
        count = "SELECT count(*) FROM product_snapshots WHERE company_id = $1"
        return int(await database.fetchval(count, shop.company_id))


async def has_a_cart(shop: Shop) -> Guest:
    """A guest with a mug in the cart, once the whole catalogue has reached the cart service."""
    await poll(lambda: products_known(shop), lambda known: known == len(shop.products))
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug")
    return guest


async def test_without_pricing_only_codes_and_addresses_wait(shop: Shop) -> None:
    """A code is answered 503 and leaves the cart untouched; adding and pricing go on: a cart prices itself."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("pricing-api", "pricing-worker"):
        before = await guest.looks()
        assert await refused_as(guest.uses("SAVE10")) == AWAY
        assert await guest.looks() == before
        added = await guest.adds("bowl")
        assert added.totals.total == 1250 + 2400

    used = await poll(lambda: unless_refused(guest.uses("SAVE10"), AWAY[1]), every_seconds=1)
    assert used is not None
    assert used.totals.discount_total == 365


async def test_without_inventory_only_holds_wait(shop: Shop) -> None:
    """Holding is answered 503 and nothing is taken; what is in the replica can be added."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("inventory-api", "inventory-worker"):
        assert await refused_as(guest.holds()) == AWAY
        await guest.adds("bowl")
        assert (await guest.looks()).hold is None

    held = await poll(lambda: unless_refused(guest.holds(), AWAY[1]), every_seconds=0.5)
    assert held is not None
    assert {line.sku for line in held.lines} == {"MUG", "BOWL"}


async def test_without_redis_carts_go_on_and_codes_are_refused(shop: Shop) -> None:
    """Carts are limited by each process alone; codes, which could be guessed, are not tried at all."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("redis"):
        await guest.adds("bowl")
        assert contents(await guest.looks()) == {"MUG": 1, "BOWL": 1}
        assert await refused_as(guest.uses("SAVE10")) == AWAY
        added = [await unless_refused(guest.adds("mug"), "RATE_LIMITED") is not None for _ in range(31)]
        assert set(added) == {True, False}
        limited = await refused(guest.adds("mug"))
        assert (limited.status, limited.retry_after is not None) == (429, True)

    assert await poll(lambda: unless_refused(guest.uses("SAVE10"), AWAY[1]), every_seconds=0.5) is not None


async def test_without_the_broker_shopping_goes_on_and_is_counted_later(shop: Shop) -> None:
    """The outbox keeps what happened: carts are filled and ordered, and the numbers catch up."""
    guest = await has_a_cart(shop)
    await poll(shop.overview, lambda seen: seen.carts.created == 1)
    async with shop.stack.without("rabbitmq"):
        await guest.adds("bowl")
        ordered = await shop.orders(guest.cart_id, "order-in-silence")
        assert (await shop.overview()).carts.converted == 0

    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 1, deadline_seconds=60)
    assert overview.revenue == ordered.totals.total


async def test_without_recovery_and_upsell_and_analytics_nobody_who_shops_notices(shop: Shop) -> None:
    """Their own routes are answered by the gateway with a problem document; carts and orders do not need them."""
    asleep = [f"{service}-{role}" for service in ("recovery", "upsell", "analytics") for role in ("api", "worker")]
    async with shop.stack.without(*asleep):
        guest = await has_a_cart(shop)
        assert await refused_as(guest.cart.offers()) == AWAY
        assert await refused_as(shop.overview()) == AWAY
        await shop.orders(guest.cart_id, "order-unseen")

    await poll(shop.overview, lambda seen: seen.carts.converted == 1, deadline_seconds=60)


async def test_without_cart_upsells_are_still_shown(shop: Shop) -> None:
    """Recommendations fall back on what sells best; carts themselves are answered 503 by the gateway."""
    guest = await has_a_cart(shop)
    async with shop.stack.without("cart-api"):
        assert (await guest.cart.offers()).items
        assert await refused_as(guest.looks()) == AWAY
        assert await refused_as(guest.cart.add_offered(shop.products["bowl"])) == AWAY

    assert contents(await guest.looks()) == {"MUG": 1}
