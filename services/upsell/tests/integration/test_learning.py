"""Learning from sales, exactly once (rules.md 32)."""

import asyncio
from collections import Counter
from itertools import combinations

from servicekit.ids import new_id
from servicekit.testing import deliver, deliver_again, rows_of
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


async def test_what_is_published_again_teaches_nothing_twice_and_takes_nothing_back(shop: Shop) -> None:
    """Products, stock and sales under other ids, the older after the newer, leave every row as it was."""
    tables = ("product_snapshots", "variant_snapshots", "stock_snapshots", "product_totals", "item_pairs")
    events = [
        shop.product("mug"),
        shop.product("mug", shop.variant("mug", prices={"EUR": 900})),
        shop.product("tea"),
        shop.product("tea", active=False),
        shop.stock("mug", 5, 1),
        shop.stock("mug", 0, 2),
    ]
    await shop.receives(*events, sale := shop.sale("mug", "tea", quantity=3))
    before = await rows_of(shop.database, shop.company_id, *tables)

    await deliver_again(subscriptions, [*events, sale], shop.database)

    assert await rows_of(shop.database, shop.company_id, *tables) == before


async def test_an_emptied_replica_is_as_it_was_after_two_republications(shop: Shop) -> None:
    """What inventory publishes again comes under other ids, so that the inbox does not keep it out."""
    events = [shop.product("mug"), shop.stock("mug", 5, 3)]
    await shop.receives(*events)
    before = await rows_of(shop.database, shop.company_id, "product_snapshots", "variant_snapshots", "stock_snapshots")
    async with shop.database.unit(shop.company_id) as unit:
        for table in before:
            await unit.execute(f"DELETE FROM {table} WHERE company_id = $1", shop.company_id)

    await deliver_again(subscriptions, events, shop.database)

    assert await rows_of(shop.database, shop.company_id, *before) == before
