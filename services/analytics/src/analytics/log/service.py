"""Appending events to the log, and reading it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Envelope
from servicekit.db import SystemUnit, TenantUnit

from analytics.errors import CartNotFound404
from analytics.log import repository
from analytics.log.domain import LogEntry, StoredEvent
from analytics.projections.use_cases import project_events
from analytics.replicas import service as replicas


async def append(unit: SystemUnit, envelopes: Iterable[Envelope[Any]]) -> int:
    """Keep the events that the log does not have yet and project exactly those; return how many they were.

    Idempotent, and the order of events, of batches and of workers makes no difference to what is counted (rules.md 32).
    The figures are changed last: a company's newest are wanted by every worker, and are locked from then on.
    """
    entries = {envelope.id: LogEntry.of(envelope) for envelope in envelopes}
    events = list({entry.key: entry for entry in entries.values()}.values())
    added = await repository.add(unit, events)
    new = [event for event in events if event.event_id in added]
    await replicas.update(unit, new)
    await project_events.project_new(unit, new)
    return len(new)


async def list_events(
    unit: TenantUnit, cart_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[StoredEvent]:
    """A page of a cart's events and, if there is one, the first of the next page.

    Raises CartNotFound404 for a cart without events, which another company's is too.
    """
    events = await repository.page_of_cart(unit, cart_id, after, limit + 1)
    if not events and after is None:
        raise CartNotFound404
    return events


async def size(unit: TenantUnit) -> int:
    """How many events of the company are in the log."""
    return await repository.count(unit)
