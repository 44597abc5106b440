"""What inventory does by the clock (operations.md, "Jobs")."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prometheus_client import Gauge
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.purging import purge, purge_oldest
from servicekit.process.kit import AnyKit

from inventory.holds.persistence import find_holds
from inventory.holds.use_cases.expire_hold import expire_some
from inventory.holds.use_cases.release_hold import release_some

BATCH = 200
"""Holds that one transaction ends: it locks their stock rows until it commits."""
COMPANIES = 100
"""Companies that one run serves; the rest has its turn a second later."""
KEPT = timedelta(days=90)
"""How long an ended hold is kept, and the fence of a cart about whose hold nobody calls: carts end before that."""
REASON = "staff"
"""The reason in HoldReleased when everything is released by hand."""

OPEN_HOLDS = Gauge("inventory_holds_active", "Holds that are ACTIVE, at the last run of InventoryHoldCount")


def jobs(kit: AnyKit) -> Sequence[Job]:
    """Every job of the service."""
    return (
        Job(name="InventoryHoldRelease", run=release_due_holds, every=1.0),
        Job(name="InventoryHoldSweep", run=release_due_holds, cron="* * * * *", sweep_of="InventoryHoldRelease"),
        Job(name="InventoryHoldCount", run=count_open_holds, every=15.0),
        Job(
            name="InventoryHoldPurge",
            run=purge_oldest("inventory_holds", KEPT, parts={"hold_lines": "hold_id"}, unless="state = 'ACTIVE'"),
            cron="10 3 * * *",
        ),
        Job(name="HoldFencePurge", run=purge("hold_fences", "moved_at", KEPT), cron="15 3 * * *"),
    )


async def release_due_holds(context: JobContext) -> JobResult:
    """End holds whose time has passed, so that their stock is sellable again within two seconds.

    Holds that another transaction is working on are passed over. Safe beside another runner. A company whose holds
    cannot be ended keeps nobody else's; its error is raised at the end.
    """
    async with context.database.system_unit() as unit:
        companies = await find_holds.companies_with_due(unit, COMPANIES)
    if context.dry_run:
        return JobResult(sum(due for _, due in companies), {"companies": len(companies)})
    ended, faults = 0, []
    for company_id, _ in companies:
        try:
            async with context.database.unit(company_id) as unit:
                ended += await expire_some(unit, BATCH)
        except Exception as fault:  # raised below, when all others have had their turn
            faults.append(fault)
    if faults:
        raise ExceptionGroup("companies whose holds could not be ended", faults)
    return JobResult(ended, {"companies": len(companies)})


async def count_open_holds(context: JobContext) -> JobResult:
    """Measure how many holds are open; apart from the release, which must not get slower with their number."""
    async with context.database.system_unit() as unit:
        companies = await find_holds.companies_with_open(unit)
    count = sum(holds for _, holds in companies)
    OPEN_HOLDS.set(count)
    return JobResult(0, {"open": count})


async def release_all_holds(context: JobContext) -> JobResult:
    """Give back every open hold, due or not: for a rollback of holds (operations.md, "Roll-out and rollback")."""
    async with context.database.system_unit() as unit:
        companies = await find_holds.companies_with_open(unit)
    if context.dry_run:
        return JobResult(sum(count for _, count in companies), {"companies": len(companies)})
    ended = 0
    for company_id, _ in companies:
        while released := await _release_batch(context, company_id):
            ended += released
    return JobResult(ended, {"companies": len(companies)})


async def _release_batch(context: JobContext, company_id: UUID) -> int:
    async with context.database.unit(company_id) as unit:
        return await release_some(unit, BATCH, REASON)
