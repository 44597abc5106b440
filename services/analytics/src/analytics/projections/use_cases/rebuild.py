"""Making every read model again from the log, while batches go on being projected.

A company's carts are projected again some at a time, each time in one transaction: so a cart is never seen half done,
memory holds the events of one step only, and a rebuild that is interrupted is begun again. What is right is left alone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from servicekit.db import Database, TenantUnit

from analytics.figures import repository as figures
from analytics.log import repository as log
from analytics.projections.use_cases import project_events
from analytics.replicas import service as replicas

STEP = 1000
"""Carts in one transaction."""

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a rebuild of one company has come: carts looked at in this step, and how many had wrong rows."""

    company_id: UUID
    carts: int
    wrong: int
    wrong_figures: int = 0


async def companies(database: Database) -> list[UUID]:
    """Every company that has events."""
    async with database.system_unit() as unit:
        return await log.companies(unit)


async def count_carts(database: Database, company_id: UUID) -> int:
    """How many carts of a company have events: what the steps of its rebuild add up to at least."""
    async with database.unit(company_id) as unit:
        return await log.count_carts(unit)


async def rebuild(database: Database, company_id: UUID) -> AsyncIterator[Step]:
    """Project a company's carts again, compare the figures with them, and make its replicas again.

    Carts that were there before the log begins stay as they were counted: the log does not say all of them any more.
    Idempotent; safe beside batches and other rebuilds. The last step has how many figures were wrong. What a step says
    is committed: whoever is slow to ask for the next keeps no transaction open.
    """
    after: UUID | None = _FIRST
    while after is not None:
        async with database.unit(company_id) as unit:
            carts = await log.next_carts(unit, after, STEP)
            whole = await _whole_carts(unit, carts)
            wrong = await project_events.project_again(unit, whole) if whole else 0
        yield Step(company_id, len(carts), wrong)
        after = carts[-1] if carts else None
    async with database.unit(company_id) as unit:
        await replicas.rebuild(unit, whole=await log.begins_at(unit) is None)
    async with database.unit(company_id) as unit:
        wrong_figures = await figures.repair(unit)
    yield Step(company_id, 0, 0, wrong_figures)


async def _whole_carts(unit: TenantUnit, carts: list[UUID]) -> list[UUID]:
    """Those of these carts of which the log has every event."""
    begin = await log.begins_at(unit)
    if begin is None:
        return carts
    older = await log.began_before(unit, carts, begin)
    return [cart for cart in carts if cart not in older]
