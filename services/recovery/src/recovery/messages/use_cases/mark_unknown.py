"""The timer of mails without an outcome: what a dead worker left behind becomes UNKNOWN (rules.md 28)."""

from servicekit.db import Database

from recovery import metrics
from recovery.messages import repository
from recovery.messages.domain import OUTCOME_DEADLINE


async def mark_unknown(database: Database, *, dry_run: bool) -> int:
    """Make mails UNKNOWN whose worker died around the provider's call, so that they are never sent again.

    Returns how many; a dry run only counts them.
    """
    async with database.system_unit() as unit:
        before = unit.now - OUTCOME_DEADLINE
        if dry_run:
            return await repository.count_overdue(unit, before)
        marked = await repository.mark_unknown(unit, before)
    metrics.unknown.inc(marked)
    return marked
