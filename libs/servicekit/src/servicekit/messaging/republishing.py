"""The present state as events again, page by page: for a new consumer or an empty replica (messaging.md, "Publishing").

Every page is a transaction of its own, so that neither memory nor a transaction grows with the state, and a run that
was killed goes on after its last page. A page waits until the relay has caught up: changes of now queue behind few
republished events.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import stamina
from contracts.envelope import RecordedEvent

from servicekit.db import Database, SystemUnit, TenantUnit
from servicekit.db.database import CONTENDED
from servicekit.messaging import outbox

Companies = Callable[[SystemUnit, UUID | None, int], Awaitable[Sequence[UUID]]]
"""Companies that may have something to publish, in the order of their ids, after one of them, at most so many."""

Source = Callable[[TenantUnit, UUID | None, int], Awaitable[Sequence[RecordedEvent[Any]]]]
"""One event for each aggregate of a company, in the order of the aggregates' ids, after one of them, at most so many.

Fewer than asked for are the last ones.
"""

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class PublishedState:
    """What of a service's state other services keep; each company's sources are published in their order."""

    companies: Companies
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Limits:
    """Aggregates read and written in one transaction, and how many events may wait for the relay before a page."""

    page: int = 500
    backlog: int = 2_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last aggregate whose page was committed; written as COMPANY/SOURCE/AGGREGATE."""

    company_id: UUID
    source: str
    aggregate_id: UUID

    def __str__(self) -> str:
        return f"{self.company_id}/{self.source}/{self.aggregate_id}"

    @classmethod
    def parse(cls, text: str, state: PublishedState) -> Self:
        """The cursor of such a text; raises ValueError when it is none of this state's."""
        company_id, source, aggregate_id = text.split("/")
        if source not in state.sources:
            raise ValueError(f"{source} is none of {', '.join(state.sources)}")
        return cls(UUID(company_id), source, UUID(aggregate_id))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come: events written so far, the cursor to go on after, and the backlog that a page waits for."""

    events: int
    cursor: Cursor | None
    waiting: int = 0


async def republish(
    database: Database,
    state: PublishedState,
    *,
    company_id: UUID | None = None,
    after: Cursor | None = None,
    limits: Limits = Limits(),  # frozen
) -> AsyncIterator[Progress]:
    """Write the state into the outbox, of one company or of all, from its beginning or after a cursor.

    Gives the progress after each page, and while one waits. Idempotent for every consumer, however often and from
    wherever it is begun. What changes meanwhile publishes itself, with a newer version.
    """
    written, cursor = 0, after
    async for place in _places(database, state, company_id, after, limits):
        last, full = place.after, True
        while full:
            while waiting := await _backlog(database, limits.backlog):
                yield Progress(written, cursor, waiting)
                await asyncio.sleep(_PAUSE_SECONDS)
            events = await _write_page(database, place, last, limits.page)
            full = len(events) == limits.page
            if events:
                last = events[-1].aggregate_id
                written, cursor = written + len(events), Cursor(place.company_id, place.name, last)
                yield Progress(written, cursor)


@dataclass(frozen=True, slots=True)
class _Place:
    """One source of one company, and the aggregate to go on after."""

    company_id: UUID
    name: str
    source: Source
    after: UUID | None


async def _places(
    database: Database, state: PublishedState, company_id: UUID | None, after: Cursor | None, limits: Limits
) -> AsyncIterator[_Place]:
    if after is not None:
        names = list(state.sources)
        for name in names[names.index(after.source) :]:
            last = after.aggregate_id if name == after.source else None
            yield _Place(after.company_id, name, state.sources[name], last)
        if company_id is not None:
            return
    async for company in _companies(database, state, company_id, after.company_id if after else None, limits.page):
        for name, source in state.sources.items():
            yield _Place(company, name, source, None)


async def _companies(
    database: Database, state: PublishedState, only: UUID | None, after: UUID | None, page: int
) -> AsyncIterator[UUID]:
    if only is not None:
        yield only
        return
    full = True
    while full:
        async with database.system_unit() as unit:
            companies = await state.companies(unit, after, page)
        for company in companies:
            yield company
        full = len(companies) == page
        after = companies[-1] if companies else after


async def _backlog(database: Database, bound: int) -> int:
    """How many events wait for the relay, if they are more than the bound, else 0; no transaction stays open for it."""
    async with database.system_unit() as unit:
        waiting = await outbox.count_waiting(unit, bound + 1)
    return waiting if waiting > bound else 0


async def _write_page(database: Database, place: _Place, after: UUID | None, page: int) -> Sequence[RecordedEvent[Any]]:
    async for attempt in stamina.retry_context(on=CONTENDED, attempts=_ATTEMPTS):
        with attempt:
            async with database.unit(place.company_id) as unit:
                events = await place.source(unit, after, page)
                await outbox.republish(unit, *events)
                return events
    raise AssertionError("stamina ends with a page or an error")
