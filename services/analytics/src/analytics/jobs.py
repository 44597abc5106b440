"""The timed jobs of the analytics worker."""

import structlog
from servicekit.jobs.job import Job, JobContext, JobResult

from analytics.figures import repository as figures
from analytics.projections.use_cases import rebuild

log = structlog.get_logger(__name__)


async def reconcile(context: JobContext) -> JobResult:
    """Compare the figures of every company with its carts, and put right what differs; a dry run only counts it.

    A safety net: the two change in one transaction, so that anything to put right is a fault to look into, and logged.
    """
    wrong: dict[str, int] = {}
    for company_id in await rebuild.companies(context.database):
        async with context.database.unit(company_id) as unit:
            compare = figures.count_wrong if context.dry_run else figures.repair
            if count := await compare(unit):
                wrong[str(company_id)] = count
                log.error("figures_differed_from_carts", company_id=str(company_id), count=count)
    return JobResult(sum(wrong.values()), {"companies": wrong})


JOBS = (Job(name="AnalyticsReconciliation", cron="30 4 * * *", run=reconcile),)
