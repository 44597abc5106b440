"""What the log answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import View
from servicekit.http.paging import Cursor


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
    def of(cls, rows: Sequence[Mapping[str, Any]], limit: int, *, enabled: bool) -> Self:
        """The page of `limit` rows, of which one more may have been read to see whether another page follows."""
        items = [LoggedEvent(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        cursor = Cursor.encode(last.occurred_at, last.id) if last else None
        return cls(enabled=enabled, items=items, next_cursor=cursor)


class LogSize(View):
    """How many events of the company are counted."""

    events: int = Field(ge=0)
