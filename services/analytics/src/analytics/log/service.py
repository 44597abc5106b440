"""Appending to the log, with everything that is counted from it, in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Envelope
from servicekit.db import Unit

from analytics.errors import CartNotFound404
from analytics.facts import service as facts
from analytics.log import repository
from analytics.log.domain import Recorded
from analytics.names import service as names


async def append(unit: Unit, envelopes: Iterable[Envelope[Any]]) -> int:
    """Keep the events that the log does not have yet, and count exactly those; return how many they were.

    Idempotent, and the order of events, of batches and of workers makes no difference to what is counted (rules.md 32).
    """
    events = list({envelope.id: Recorded.of(envelope) for envelope in envelopes}.values())
    added = await repository.add(unit, events)
    new = [event for event in events if event.event_id in added]
    await facts.count(unit, new)
    await names.learn(unit, new)
    return len(new)


async def list_events(
    unit: Unit, company_id: UUID, cart_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """A page of a cart's events and, if there is one, the first of the next page.

    Raises CartNotFound404 for a cart without events, which another company's is too.
    """
    rows = await repository.page_of_cart(unit, company_id, cart_id, after, limit + 1)
    if not rows and after is None:
        raise CartNotFound404
    return rows


async def size(unit: Unit, company_id: UUID) -> int:
    """How many events of a company are in the log."""
    return await repository.count(unit, company_id)
