"""HTTP bodies of the log."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import View
from servicekit.http.paging import Cursor

from analytics.log.domain import StoredEvent


class LoggedEvent(View):
    """An event as it was kept: what happened, when, and when this service came to know of it."""

    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    received_at: datetime
    data: dict[str, Any]


class EventPage(View):
    """One page of a cart's events in the order in which they happened; `enabled` false: switched off."""

    enabled: bool
    items: list[LoggedEvent]
    next_cursor: str | None = None

    @classmethod
    def of(cls, events: Sequence[StoredEvent], limit: int, *, enabled: bool) -> Self:
        """The page of the first `limit` events; an event beyond them means that another page follows."""
        items = [LoggedEvent(**asdict(event)) for event in events[:limit]]
        last = items[-1] if len(events) > limit else None
        cursor = Cursor.encode(last.occurred_at, last.id) if last else None
        return cls(enabled=enabled, items=items, next_cursor=cursor)


class LogSize(View):
    """How many events of the company are counted."""

    events: int = Field(ge=0)
