"""The present state as events, for a new consumer or an empty replica."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from contracts.envelope import RecordedEvent
from servicekit.db import TenantUnit, Unit
from servicekit.messaging import outbox

from inventory.catalogue import repository
from inventory.catalogue import service as catalogue
from inventory.holds.use_cases.read_hold import open_hold_events
from inventory.stock import service as stock

PAGE = 500

Source = Callable[[TenantUnit, UUID | None, int], Awaitable[Sequence[RecordedEvent[Any]]]]
"""Events of a company in the order of their aggregates' ids, after one of them, at most so many."""

SOURCES: tuple[Source, ...] = (catalogue.current_events, stock.current_events, open_hold_events)


async def republish(unit: Unit, company_id: UUID | None) -> int:
    """Write products, stock and open holds into the outbox again, of one company or of all; returns how many events."""
    companies = [company_id] if company_id else await repository.companies(unit)
    count = 0
    for company in companies:
        for source in SOURCES:
            count += await _republish(TenantUnit(unit.connection, unit.now, company), source)
    return count


async def _republish(unit: TenantUnit, source: Source) -> int:
    count, after = 0, None
    while events := await source(unit, after, PAGE):
        await outbox.republish(unit, *events)
        count, after = count + len(events), events[-1].aggregate_id
    return count
