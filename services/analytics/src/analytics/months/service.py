"""Keeping the log in months: made ahead, filled from what came without one, and dropped when they are old."""

from dataclasses import dataclass

import stamina
from prometheus_client import Counter
from servicekit.db import Database
from servicekit.db.database import CONTENDED
from servicekit.jobs.job import JobResult

from analytics.months import repository
from analytics.months.domain import AHEAD, Month

LEFT_OUTSIDE = Counter(
    "analytics_events_left_outside_months", "Events that a run of EventLogMonths left in no month's partition"
)
BATCH = 5_000
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run does: months to make, months to drop, and old ones of which events came late."""

    made: list[Month]
    dropped: list[Month]
    late: list[Month]


async def keep_months(database: Database, kept: int | None, *, dry_run: bool) -> JobResult:
    """Make the months ahead and those of events without one, and drop those older than `kept` whole months.

    A month is a transaction; one that could not be made, because others were in the way, is raised after a few tries
    and made by the next run. A dry run only says what it would do. None keeps all.
    """
    async with database.system_unit() as unit:
        there, outside = await repository.months(unit), dict(await repository.months_outside(unit))
    plan = _plan(Month.of(database.clock.now()), there, list(outside), kept)
    details = {"made": _names(plan.made), "dropped": _names(plan.dropped), "moved": 0, "late": _names(plan.late)}
    if not dry_run:
        details["moved"] = sum([await _make(database, month) for month in plan.made])
        for month in plan.dropped:
            await _drop(database, month)
        for month in plan.late:
            await _drop_late(database, month)
        async with database.system_unit() as unit:
            LEFT_OUTSIDE.inc(sum(events for _, events in await repository.months_outside(unit)))
    return JobResult(len(plan.made) + len(plan.dropped) + len(plan.late), details)


def _plan(now: Month, there: list[Month], outside: list[Month], kept: int | None) -> _Plan:
    oldest = min([*there, *outside, now]) if kept is None else now.after(-kept)
    wanted = {*outside, *(now.after(months) for months in range(AHEAD + 1))} - set(there)
    return _Plan(
        made=sorted(month for month in wanted if month >= oldest),
        dropped=[month for month in there if month < oldest],
        late=[month for month in outside if month < oldest],
    )


async def _make(database: Database, month: Month) -> int:
    async for attempt in stamina.retry_context(on=CONTENDED, attempts=_ATTEMPTS):
        with attempt:
            async with database.system_unit() as unit:
                return await repository.make(unit, month)
    raise AssertionError("stamina ends with a month or an error")


async def _drop(database: Database, month: Month) -> None:
    async for attempt in stamina.retry_context(on=CONTENDED, attempts=_ATTEMPTS):
        with attempt:
            async with database.system_unit() as unit:
                await repository.drop(unit, month)


async def _drop_late(database: Database, month: Month) -> None:
    deleted = BATCH
    while deleted == BATCH:
        async with database.system_unit() as unit:
            deleted = await repository.drop_outside(unit, month, BATCH)


def _names(months: list[Month]) -> list[str]:
    return [f"{month.year:04}-{month.month:02}" for month in months]
