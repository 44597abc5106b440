"""The nightly comparison of the figures with the carts."""

from analytics.jobs import reconcile
from servicekit.clock import SystemClock
from servicekit.db import Database
from servicekit.jobs.job import JobContext

from .dashboard import Dashboard


async def test_a_broken_figure_is_found_and_put_right(dashboard: Dashboard, database: Database) -> None:
    """A dry run only counts it, a run repairs it, and then there is nothing left to repair."""
    cart = dashboard.cart()
    await dashboard.deliver(cart.created(), cart.added(), cart.converted())
    async with database.unit(dashboard.company_id) as unit:
        await unit.execute("DELETE FROM figures WHERE company_id = $1 AND measure = 'revenue'", dashboard.company_id)
    context = JobContext(database, SystemClock())

    dry = await reconcile(JobContext(database, SystemClock(), dry_run=True))
    run, again = await reconcile(context), await reconcile(context)

    assert (dry.count, run.count, again.count) == (1, 1, 0)
    assert dry.details == {"companies": {str(dashboard.company_id): 1}}
