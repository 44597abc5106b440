"""Lists in pages (api.md): `?limit=&cursor=`, answered as `{items, nextCursor}`."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import BaseModel

from servicekit.errors import ValidationFailed422
from servicekit.http.answers import to_json
from servicekit.http.bodies import View

T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")

Limit = Annotated[int, Query(ge=1, le=200, description="Rows at most.")]
"""How many rows a page has; give it the default 50."""
CursorText = Annotated[str | None, Query(max_length=500, description="nextCursor of the page before.")]
"""The cursor as it comes in; give it the default None."""


class Page(View, Generic[T]):
    """One page of a list; no `nextCursor` means that it is the last."""

    items: list[T]
    next_cursor: str | None = None


class Cursor:
    """Where a page ends: the sort key of its last row, opaque to clients.

    It is not signed: a forged one only chooses another place of the caller's own list, because the tenant and the
    filters never come from it.
    """

    @staticmethod
    def encode(*key: object) -> str:
        """The text for a sort key of texts, whole numbers, ids and times."""
        return base64.urlsafe_b64encode(to_json(key)).rstrip(b"=").decode()

    @staticmethod
    def decode(text: str | None, *parsers: Any) -> tuple[Any, ...] | None:
        """The sort key, each part read by its parser (`UUID`, `datetime.fromisoformat`, `int`); None for no cursor.

        Raises ValidationFailed422 for anything that `encode` would not have made of such a key.
        """
        if text is None:
            return None
        try:
            parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return tuple(parse(part) for parse, part in zip(parsers, parts, strict=True))
        except (ValueError, TypeError, AttributeError):
            raise ValidationFailed422.of("cursor", "is not one that was given out") from None


def paginate(
    rows: Sequence[R], limit: int, view: Callable[[R], T], place: Callable[[R], tuple[object, ...]]
) -> Page[T]:
    """One page out of up to `limit` + 1 rows; the one too many is not shown, and says that a next page follows.

    `place` is a row's sort key, in the parts that `Cursor.decode` reads.
    """
    shown = rows[:limit]
    following = Cursor.encode(*place(shown[-1])) if len(rows) > limit else None
    return Page(items=[view(row) for row in shown], next_cursor=following)


def after_id(cursor: str | None) -> UUID | None:
    """The id in the cursor of a list sorted by id alone; raises ValidationFailed422 for one that was not given out."""
    place = Cursor.decode(cursor, UUID)
    return place[0] if place else None
