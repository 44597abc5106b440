"""What inventory does by the clock."""

import pytest
from inventory.jobs import release_due_holds
from servicekit.clock import SystemClock
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.jobs.job import JobContext

from .shop import Shop


async def test_one_company_in_trouble_keeps_nobody_elses_stock(database: Database) -> None:
    """A counter that somebody broke by hand fails the run, and every other company's holds end all the same."""
    shops = [Shop(database, new_id()) for _ in range(6)]
    carts = {shop.company_id: new_id() for shop in shops}
    for shop in shops:
        await shop.stocks("mug", 5)
        await shop.holds({"mug": 2}, carts[shop.company_id])
        await shop.runs_out(carts[shop.company_id])
    broken, *others = shops
    async with database.system_unit() as unit:
        await unit.execute("UPDATE stock_levels SET held = 0 WHERE company_id = $1", broken.company_id)

    with pytest.raises(ExceptionGroup):
        await release_due_holds(JobContext(database, SystemClock()))

    assert [await shop.counts("mug") for shop in others] == [(5, 0)] * len(others)
