"""Making every read model again from the log, while batches go on being counted.

A company's carts are recounted some at a time, each time in one transaction: so a cart is never seen half counted,
memory holds the events of one step only, and a rebuild that is interrupted is begun again. What is right is left alone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from servicekit.db import Database

from analytics.facts import repository as facts_repository
from analytics.facts import service as facts
from analytics.log import repository as log
from analytics.names import service as names

STEP = 1000
"""Carts in one transaction."""

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a rebuild of one company has come: carts looked at in this step, and how many had wrong facts."""

    company_id: UUID
    carts: int
    wrong: int
    wrong_figures: int = 0


async def companies(database: Database) -> list[UUID]:
    """Every company that has events."""
    async with database.system_unit() as unit:
        return await log.companies(unit)


async def carts_of(database: Database, company_id: UUID) -> int:
    """How many carts of a company have events: what the steps of its rebuild add up to at least."""
    async with database.system_unit() as unit:
        return await log.count_carts(unit, company_id)


async def rebuild(database: Database, company_id: UUID) -> AsyncIterator[Step]:
    """Recount a company's carts, compare the figures with them, and learn its sites and products again.

    Idempotent; safe beside batches and other rebuilds. The last step says how many figures were wrong.
    """
    after: UUID | None = _FIRST
    while after is not None:
        async with database.system_unit() as unit:
            carts = await log.next_carts(unit, company_id, after, STEP)
            wrong = await facts.recount(unit, company_id, carts) if carts else 0
        yield Step(company_id, len(carts), wrong)
        after = carts[-1] if carts else None
    async with database.system_unit() as unit:
        await names.relearn(unit, company_id)
    async with database.system_unit() as unit:
        yield Step(company_id, 0, 0, await facts_repository.mend(unit, company_id))
