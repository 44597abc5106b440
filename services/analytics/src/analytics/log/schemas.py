"""HTTP bodies of the log."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import View
from servicekit.http.paging import paginate

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
        page = paginate(
            events, limit, lambda event: LoggedEvent(**asdict(event)), lambda event: (event.occurred_at, event.id)
        )
        return cls(enabled=enabled, items=page.items, next_cursor=page.next_cursor)


class LogSize(View):
    """How many events of the company are counted."""

    events: int = Field(ge=0)
