"""Lists in pages by id: ids of version 7 sort by the time they were made, so the newest come first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from servicekit.http.paging import Cursor, Page

T = TypeVar("T")
V = TypeVar("V", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of rows; `next_after` is the id that the next page follows, None on the last."""

    items: list[T]
    next_after: UUID | None


def slice_of(rows: list[T], limit: int, id_of: Callable[[T], UUID]) -> Slice[T]:
    """A page out of up to `limit` + 1 rows: the extra one only tells that there is a next page."""
    items = rows[:limit]
    return Slice(items, id_of(items[-1]) if len(rows) > limit else None)


def after_of(cursor: str | None) -> UUID | None:
    """The id in a cursor; raises ValidationFailed422 for one that was not given out."""
    key = Cursor.decode(cursor, UUID)
    return key[0] if key else None


def page_of(found: Slice[T], view: Callable[[T], V]) -> Page[V]:
    """The answer for a page of rows, each shown by `view`."""
    cursor = None if found.next_after is None else Cursor.encode(found.next_after)
    return Page(items=[view(item) for item in found.items], next_cursor=cursor)
