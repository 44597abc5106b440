"""The replica of the catalogue: news in any order, the newest version stays."""

from itertools import permutations
from typing import Any

from contracts.envelope import Envelope
from servicekit.ids import new_id

from .shop import Shop


async def offered(shop: Shop) -> list[str]:
    """What a new guest with an empty cart is offered."""
    guest = shop.shopper()
    guest.has()
    names: list[str] = (await guest.sees())["items"]
    return names


async def test_older_news_of_a_product_changes_nothing(shop: Shop) -> None:
    """A product that was switched off does not come back because its first news was slow."""
    first, second = shop.product("mug"), shop.product("mug", active=False)

    await shop.receives(second, first)

    assert await offered(shop) == []


async def test_stock_is_right_whatever_order_its_news_come_in(shop: Shop) -> None:
    """The product has one as left, then two stock events none and three: three it is, in any order."""
    for turn in permutations(range(3)):
        name = f"mug {turn}"
        news: list[Envelope[Any]] = [shop.product(name), shop.stock(name, 0, 1), shop.stock(name, 3, 2)]
        await shop.receives(*(news[index] for index in turn))

        assert name in await offered(shop)


async def test_inventory_may_count_beyond_32_bits(shop: Shop) -> None:
    """Stock adds up over warehouses and adjustments: whoever keeps a replica takes whatever number it receives."""
    await shop.receives(shop.product("mug", shop.variant("mug", available=3_000_000_000)))
    await shop.receives(shop.stock("mug", 3_000_000_001, 1))

    assert await offered(shop) == ["mug"]


async def test_sold_out_stays_sold_out_when_the_product_changes(shop: Shop) -> None:
    """What a product's event has as left counts only until an event of stock was received."""
    await shop.sells("mug")
    await shop.receives(shop.stock("mug", 0, 1))

    await shop.receives(shop.product("mug"))

    assert await offered(shop) == []


async def test_a_variant_that_is_gone_is_not_offered(shop: Shop) -> None:
    """The news names all variants that there are."""
    first, second = shop.variant("mug"), shop.variant("mug", variant_id=new_id())
    await shop.receives(shop.product("mug", first, second), shop.product("mug", second))
    guest = shop.shopper()
    guest.has()

    [item] = (await guest.asks("GET")).json()["items"]

    assert item["variantId"] == str(second.variant_id)
