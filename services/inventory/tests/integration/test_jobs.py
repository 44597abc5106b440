"""What inventory does by the clock."""

from datetime import timedelta
from unittest.mock import MagicMock

import pytest
from inventory.holds.persistence.fences import pass_fence
from inventory.jobs import KEPT, jobs, release_due_holds
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


async def test_old_holds_go_with_their_lines_and_fences(database: Database) -> None:
    """Ended ones after 90 days; a younger one and one that is ACTIVE stay, whatever its age, and so do their fences."""
    shop, old, young, open_one = Shop(database, new_id()), new_id(), new_id(), new_id()
    await shop.stocks("mug", 9)
    for cart in (old, young, open_one):
        await shop.holds({"mug": 1}, cart)
        async with database.unit(shop.company_id) as unit:
            await pass_fence(unit, cart, 1)
    for cart in (old, young):
        await shop.releases(cart)
    async with database.unit(shop.company_id) as unit:
        aged = "SET {} = {} - $1::interval WHERE cart_id = ANY ($2::uuid[])"
        for table, column in (("inventory_holds", "created_at"), ("hold_fences", "moved_at")):
            await unit.execute(f"UPDATE {table} {aged.format(column, column)}", KEPT + timedelta(1), [old])
        await unit.execute(
            f"UPDATE inventory_holds {aged.format('created_at', 'created_at')}", KEPT + timedelta(1), [open_one]
        )
    context = JobContext(database, SystemClock())
    purges = [job for job in jobs(MagicMock()) if job.name in {"InventoryHoldPurge", "HoldFencePurge"}]

    counts = [await job.run(context) for job in purges]

    async with database.unit(shop.company_id) as unit:
        holds = {row["cart_id"] for row in await unit.fetch("SELECT cart_id FROM inventory_holds")}
        fences = {row["cart_id"] for row in await unit.fetch("SELECT cart_id FROM hold_fences")}
        lines = await unit.fetchval("SELECT count(*) FROM hold_lines")
    assert counts == [1, 1]
    assert holds == fences == {young, open_one}
    assert lines == 2
