"""What staff see of carts in numbers is kept, and equals what a count of all carts would say, at any moment."""

import asyncio
import importlib.util
from pathlib import Path

from cart.main import SERVICE
from cart.staff.service import count_active_carts, fold_counts
from prometheus_client import REGISTRY
from servicekit.clock import SystemClock
from servicekit.db import Database, SystemUnit
from servicekit.jobs.job import JobContext

from ..shop import Shop
from .test_ordering import order

DIFFERENCES = """
WITH kept AS (
    SELECT company_id, site_id, currency, status, sum(carts) AS carts, sum(with_lines) AS with_lines,
        sum(total) AS total
    FROM (SELECT company_id, site_id, currency, status, carts, with_lines, total FROM cart_counts
        UNION ALL SELECT company_id, site_id, currency, status, carts, with_lines, total FROM cart_count_changes) both_
    GROUP BY company_id, site_id, currency, status
    HAVING sum(carts) <> 0 OR sum(with_lines) <> 0 OR sum(total) <> 0
), counted AS (
    SELECT company_id, site_id, currency, status, count(*) AS carts,
        count(*) FILTER (WHERE item_count > 0) AS with_lines, sum(total) AS total
    FROM carts GROUP BY company_id, site_id, currency, status
)
SELECT count(*) FROM ((TABLE kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE kept)) differing
"""


async def differences(unit: SystemUnit) -> int:
    """In how many figures what is kept differs from what all carts come to, over every company."""
    return int(await unit.fetchval(DIFFERENCES))


async def _shop_all_at_once(shop: Shop) -> None:
    """A cart is opened, filled, emptied, or ordered."""
    guest = await shop.guest_cart({"mug": 2})
    await asyncio.gather(*(shop.add(guest, "mug") for _ in range(3)))
    await order(shop, guest, f"A-{guest.cart_id}")
    left = await shop.guest_cart({"mug": 1})
    line = (await shop.read(left))["items"][0]["id"]
    await shop.client.delete(f"{left.path}/items/{line}", headers=left.headers)


async def test_counts_are_exact_while_carts_change_and_notes_are_folded(shop: Shop, database: Database) -> None:
    """Shoppers at once, and two runners that fold in small batches meanwhile: no reader ever sees another figure."""
    over = asyncio.Event()
    seen: list[int] = []

    async def fold() -> None:
        while not over.is_set():
            await fold_counts(database, dry_run=False, batch=3)
            async with database.system_unit() as unit:
                seen.append(await differences(unit))

    folding = [asyncio.create_task(fold()) for _ in range(2)]
    await asyncio.gather(*(_shop_all_at_once(shop) for _ in range(4)))
    over.set()
    await asyncio.gather(*folding)

    await fold_counts(database, dry_run=False)
    async with database.system_unit() as unit:
        seen.append(await differences(unit))
        noted = await unit.fetchval("SELECT count(*) FROM cart_count_changes")
    assert set(seen) == {0}
    assert noted == 0


async def test_active_carts_and_their_value_are_measured(shop: Shop, database: Database) -> None:
    """Those with lines, over all companies: an empty cart is none, and what is ordered counts no longer."""
    before = await measured(database)
    await shop.guest_cart({})
    full = await shop.guest_cart({"mug": 2})
    total = (await shop.read(full))["totals"]["total"]
    filled = await measured(database)
    await order(shop, full, "A-measured")

    assert (filled[0] - before[0], filled[1] - before[1]) == (1, total)
    assert await measured(database) == before


async def measured(database: Database) -> tuple[float, float]:
    """The gauges after a run of the job."""
    await count_active_carts(JobContext(database, SystemClock(), dry_run=False))
    names = ("carts_active", "carts_active_value_minor_units")
    carts, value = (REGISTRY.get_sample_value(name, {"currency": "USD"}) or 0 for name in names)
    return carts, value


async def test_a_change_that_is_not_noted_is_seen(shop: Shop, database: Database) -> None:
    """The comparison can fail: without its trigger a change leaves the figures behind."""
    guest = await shop.guest_cart({"mug": 1})
    async with database.system_unit() as unit:
        await unit.execute("SAVEPOINT before; ALTER TABLE carts DISABLE TRIGGER cart_moves")
        await unit.execute("UPDATE carts SET total = total + 1 WHERE id = $1::uuid", guest.cart_id)
        unnoticed = await differences(unit)
        await unit.execute("ROLLBACK TO SAVEPOINT before")
        restored = await differences(unit)

    assert (unnoticed, restored) == (2, 0)


async def test_deleted_carts_are_counted_no_more(shop: Shop, database: Database) -> None:
    """Clean-up, archive and erasure need no word of their own for it."""
    guest = await shop.guest_cart({"mug": 1})

    async with database.unit(shop.company_id) as unit:
        await unit.execute("DELETE FROM carts WHERE company_id = $1 AND id = $2::uuid", shop.company_id, guest.cart_id)

    async with database.system_unit() as unit:
        assert await differences(unit) == 0


async def test_carts_from_before_are_counted_once(shop: Shop, database: Database) -> None:
    """The migration counts what is there: what was noted by then is in it, and not added a second time."""
    await shop.guest_cart({"mug": 1})
    async with database.system_unit() as unit:
        await unit.execute("DELETE FROM cart_counts")
        await unit.execute(_migration("0012_counted_carts"))

        assert await differences(unit) == 0


def _migration(name: str) -> str:
    file = Path(SERVICE.migrations) / "versions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.COUNT)
