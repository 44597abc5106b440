"""Forgetting what old carts were recommended."""

from datetime import timedelta

from servicekit.clock import SystemClock
from servicekit.jobs.job import JobContext
from upsell.jobs import KEPT, forget_old_recommendations

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
