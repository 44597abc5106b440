"""What the analytics worker does by the clock."""

import structlog
from servicekit.jobs.job import Job, JobContext, JobResult

from analytics import rebuild
from analytics.facts import repository as facts

log = structlog.get_logger(__name__)


async def reconcile(context: JobContext) -> JobResult:
    """Compare the figures of every company with the facts of its carts, and put right what differs.

    A safety net: the two change in one transaction, so that anything to put right is a fault to look into, and logged.
    """
    wrong: dict[str, int] = {}
    for company_id in await rebuild.companies(context.database):
        async with context.database.unit(company_id) as unit:
            compare = facts.wrong_figures if context.dry_run else facts.mend
            if count := await compare(unit, company_id):
                wrong[str(company_id)] = count
                log.error("figures differed from facts", company_id=str(company_id), count=count)
    return JobResult(sum(wrong.values()), {"companies": wrong})


JOBS = (Job(name="AnalyticsReconciliation", cron="30 4 * * *", run=reconcile),)
