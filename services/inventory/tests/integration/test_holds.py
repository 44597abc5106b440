"""Placing, replacing, extending and ending holds (rules.md 17-18)."""

import pytest
from contracts.inventory import HoldExpired, HoldPlaced, HoldReleased
from inventory.errors import HoldFailed, HoldLimitReached
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import published

from ..shop import Shop


async def test_a_hold_takes_stock_and_says_so(shop: Shop) -> None:
    """What is held can no longer be sold to others, and both facts are published."""
    await shop.stocks("mug", 10)
    cart = new_id()

    placed = await shop.holds({"mug": 3}, cart)

    assert placed.is_new
    assert placed.state.status == "ACTIVE"
    assert 890 <= placed.state.seconds_left <= 900
    assert [(line.sku, line.quantity) for line in placed.state.lines] == [("mug", 3)]
    assert await shop.counts("mug") == (10, 3)
    assert await shop.told_left("mug") == [10, 7]


async def test_a_hold_is_all_or_nothing(shop: Shop) -> None:
    """One short line refuses the whole cart, names what is left, and nothing was taken."""
    await shop.stocks("mug", 10)
    await shop.stocks("cup", 2)

    with pytest.raises(HoldFailed) as refusal:
        await shop.holds({"mug": 3, "cup": 5}, new_id())

    assert refusal.value.extra["lines"] == [{"sku": "cup", "requested": 5, "available": 2}]
    assert await shop.counts("mug") == (10, 0)
    assert await shop.told_left("mug") == [10]
