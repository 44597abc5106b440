"""Deleting carts that nobody will come back for (operations.md, "Jobs")."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from servicekit.db import Database
from servicekit.db.database import is_unavailable
from servicekit.jobs.job import JobResult

from cart.carts.persistence import cleanup

KEPT = timedelta(days=90)
"""How long a cart is kept after it was abandoned, expired or merged."""
BATCH = 200
"""Carts that one transaction reads, and deletes at most: a cart may have hundreds of lines."""
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The carts of one company and status, as far as they were read."""

    company_id: UUID
    status: str
    after: UUID = _FIRST


async def clean_up_carts(database: Database, *, dry_run: bool, batch: int = BATCH) -> JobResult:
    """Delete old ABANDONED, EXPIRED and MERGED carts with all that belongs to them; a dry run only counts them.

    Companies take turns, one batch and transaction at a time, so that a large one keeps nobody waiting and a crash
    leaves whole carts, which the next run deletes. A company whose carts cannot be deleted keeps nobody else's; its
    error is raised at the end. ABANDONED carts go without an event: for every reader they have been lost all along.
    """
    before = database.clock.now() - KEPT
    async with database.system_unit() as unit:
        companies = await cleanup.company_ids(unit)
    walks = deque(_Walk(company_id, status) for status in cleanup.ENDED_AT for company_id in companies)
    deleted: Counter[str] = Counter()
    faults: list[Exception] = []
    while walks:
        walk = walks.popleft()
        try:
            count, following = await _step(database, walk, before, batch, dry_run=dry_run)
        except Exception as fault:
            if is_unavailable(fault):
                raise
            faults.append(fault)
            continue
        deleted[walk.status] += count
        if following is not None:
            walks.append(following)
    if faults:
        raise ExceptionGroup("companies whose carts could not be deleted", faults)
    return JobResult(deleted.total(), {status.lower(): deleted[status] for status in cleanup.ENDED_AT})


async def _step(
    database: Database, walk: _Walk, before: datetime, batch: int, *, dry_run: bool
) -> tuple[int, _Walk | None]:
    """Read one batch and delete the old ones of it, in one transaction; how many, and where to go on."""
    async with database.unit(walk.company_id) as unit:
        window = await cleanup.read_window(unit, walk.status, before, walk.after, batch)
        count = len(window.old)
        if count and not dry_run:
            count = await cleanup.delete(unit, walk.status, before, window.old)
    following = None if window.is_last or window.last is None else _Walk(walk.company_id, walk.status, window.last)
    return count, following
