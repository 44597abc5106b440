"""What upsell does by the clock."""

from datetime import timedelta

from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.purging import purge

from upsell.recommendations import repository

KEPT = timedelta(days=90)
"""How long a recommendation or dismissal is remembered after it was last touched; carts expire long before."""
_BATCH = 5_000


async def forget_old_recommendations(context: JobContext) -> int:
    """Delete what old carts were recommended and dismissed, a batch to a transaction; returns how many rows."""
    since = context.clock.now() - KEPT
    if context.dry_run:
        async with context.database.system_unit() as unit:
            return await repository.count_untouched(unit, since)
    total = 0
    while True:
        async with context.database.system_unit() as unit:
            deleted = await repository.forget_untouched(unit, since, _BATCH)
        total += deleted
        if deleted == 0:
            return total


JOBS = (
    Job(name="ForgetOldRecommendations", cron="30 3 * * *", run=forget_old_recommendations),
    Job(name="ForgetPurchases", cron="35 3 * * *", run=purge("purchases_seen", "converted_at", KEPT)),
)
