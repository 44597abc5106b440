"""The nightly comparison of figures and facts."""

from analytics.jobs import reconcile
from servicekit.clock import SystemClock
from servicekit.db import Database
from servicekit.jobs.job import JobContext

from .dashboard import Dashboard


async def test_a_broken_figure_is_found_and_put_right(dashboard: Dashboard, database: Database) -> None:
    """A dry run only counts it, a run mends it, and then there is nothing left to mend."""
    story = dashboard.story()
    await dashboard.told(story.created(), story.added(), story.converted())
    async with database.unit(dashboard.company_id) as unit:
        await unit.execute("DELETE FROM figures WHERE company_id = $1 AND measure = 'revenue'", dashboard.company_id)
    context = JobContext(database, SystemClock())

    dry = await reconcile(JobContext(database, SystemClock(), dry_run=True))
    run, again = await reconcile(context), await reconcile(context)

    assert (dry.count, run.count, again.count) == (1, 1, 0)
    assert dry.details == {"companies": {str(dashboard.company_id): 1}}
