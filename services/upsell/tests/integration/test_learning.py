"""Learning from sales, exactly once (rules.md 32)."""

import asyncio
from collections import Counter
from itertools import combinations

from servicekit.ids import new_id
from servicekit.testing import deliver
from upsell.learning.domain import MAX_PAIRED
from upsell.subscriptions import subscriptions

from .shop import Shop


async def totals(shop: Shop) -> dict[str, tuple[int, int]]:
    """Orders and pieces by product."""
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT product_id, orders, units FROM product_totals")
    return {shop.name_of(str(row["product_id"])): (row["orders"], row["units"]) for row in rows}


async def pairs(shop: Shop) -> dict[frozenset[str], int]:
    """How many orders had both products."""
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT product_a, product_b, count FROM item_pairs")
    return {
        frozenset((shop.name_of(str(row["product_a"])), shop.name_of(str(row["product_b"])))): row["count"]
        for row in rows
    }


async def test_a_sale_teaches_its_products_and_their_pairs(shop: Shop) -> None:
    """Pieces are added up, orders counted, each pair once whatever its order."""
    await shop.sells("mug", "tea", "hat")

    await shop.receives(shop.sale("mug", "tea", quantity=3), shop.sale("tea", "mug", "hat", "hat"))

    assert await totals(shop) == {"mug": (2, 4), "tea": (2, 4), "hat": (1, 2)}
    assert await pairs(shop) == {
        frozenset(("mug", "tea")): 2,
        frozenset(("mug", "hat")): 1,
        frozenset(("tea", "hat")): 1,
    }


async def test_a_sale_is_learned_from_once_however_often_it_is_delivered(shop: Shop) -> None:
    """A message that comes again is stopped by the inbox, the same cart in another message by the purchase itself."""
    await shop.sells("mug", "tea")
    sale = shop.sale("mug", "tea")

    assert await deliver(subscriptions, sale, shop.database) == ["upsell.learn_from_sale"]
    assert await deliver(subscriptions, sale, shop.database) == []
    await shop.receives(sale.model_copy(update={"id": new_id()}))

    assert await totals(shop) == {"mug": (1, 1), "tea": (1, 1)}
    assert await pairs(shop) == {frozenset(("mug", "tea")): 1}


async def test_sales_at_once_count_everything_and_never_deadlock(shop: Shop) -> None:
    """Forty sales that share products in every order: the sums are those of one after the other."""
    names = [f"product {number}" for number in range(8)]
    await shop.sells(*names)
    baskets = [[names[(turn + step) % 8] for step in range(turn % 5 + 2)] for turn in range(40)]

    await asyncio.gather(*(shop.receives(shop.sale(*basket[:: 1 if len(basket) % 2 else -1])) for basket in baskets))

    orders = Counter(name for basket in baskets for name in basket)
    together = Counter(frozenset(pair) for basket in baskets for pair in combinations(basket, 2))
    assert {name: count for name, (count, _) in (await totals(shop)).items()} == orders
    assert await pairs(shop) == together


async def test_a_sale_of_very_many_products_teaches_bounded_pairs(shop: Shop) -> None:
    """All of them count as sold; only so many are paired."""
    names = [f"product {number}" for number in range(MAX_PAIRED + 10)]
    await shop.sells(*names)

    await shop.receives(shop.sale(*names))

    assert len(await totals(shop)) == MAX_PAIRED + 10
    assert len(await pairs(shop)) == MAX_PAIRED * (MAX_PAIRED - 1) // 2
