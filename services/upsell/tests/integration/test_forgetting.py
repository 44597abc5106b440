"""Forgetting what old carts were recommended."""

from datetime import timedelta

from servicekit.clock import SystemClock
from servicekit.ids import new_id
from servicekit.jobs.job import JobContext
from upsell.jobs import JOBS, KEPT, forget_old_recommendations

from .shop import Shop


async def rows(shop: Shop) -> int:
    """Recommendations and dismissals of the company."""
    async with shop.database.unit(shop.company_id) as unit:
        count: int = await unit.fetchval(
            "SELECT (SELECT count(*) FROM recommendations) + (SELECT count(*) FROM dismissals)"
        )
    return count


async def test_only_what_was_not_touched_for_long_is_forgotten(shop: Shop) -> None:
    """A dry run counts it, a run deletes it, and another finds nothing."""
    await shop.sells("mug", "tea")
    old, new = shop.shopper(), shop.shopper()
    old.has()
    await old.dismisses("mug")
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE recommendations SET touched_at = touched_at - $1::interval", KEPT + timedelta(1))
        await unit.execute("UPDATE dismissals SET dismissed_at = dismissed_at - $1::interval", KEPT + timedelta(1))
    new.has()
    await new.dismisses("tea")
    clock = SystemClock()

    would = await forget_old_recommendations(JobContext(shop.database, clock, dry_run=True))
    before = await rows(shop)
    did = await forget_old_recommendations(JobContext(shop.database, clock))
    again = await forget_old_recommendations(JobContext(shop.database, clock))

    assert (would, before, did, again) == (2, 4, 2, 0)
    assert await rows(shop) == 2


async def test_old_sales_are_forgotten_and_what_they_taught_stays(shop: Shop) -> None:
    """ForgetPurchases deletes what only refuses a second delivery of a sale, long after any could come."""
    async with shop.database.unit(shop.company_id) as unit:
        for age in (KEPT + timedelta(1), KEPT - timedelta(1)):
            await unit.execute(
                "INSERT INTO purchases_seen VALUES ($1, $2, $3)", shop.company_id, new_id(), unit.now - age
            )
    [job] = [job for job in JOBS if job.name == "ForgetPurchases"]

    did = await job.run(JobContext(shop.database, SystemClock()))
    again = await job.run(JobContext(shop.database, SystemClock()))

    async with shop.database.unit(shop.company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM purchases_seen") == 1
    assert (did, again) == (1, 0)
