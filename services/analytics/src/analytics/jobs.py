"""The timed jobs of the analytics worker."""

from collections.abc import Sequence

import structlog
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.process.kit import Kit

from analytics.figures import repository as figures
from analytics.months import service as months
from analytics.projections.use_cases import rebuild
from analytics.settings import AnalyticsSettings

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


def jobs(kit: Kit[AnalyticsSettings, None]) -> Sequence[Job]:
    """Every timed job of the service."""

    async def keep_months(context: JobContext) -> JobResult:
        return await months.keep_months(context.database, kit.settings.event_log_months, dry_run=context.dry_run)

    return (
        Job(name="AnalyticsReconciliation", cron="30 4 * * *", run=reconcile),
        # By seconds, so that a new database has its months as soon as a worker starts.
        Job(name="EventLogMonths", every=3600.0, run=keep_months),
    )
