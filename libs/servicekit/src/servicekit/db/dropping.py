"""Dropping an index or constraint takes two releases (docs/adr/0023): the first does without it, the next drops it."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Constraint, Index, MetaData

DROPPED_NEXT: Final[dict[str, Any]] = {"dropped": "next"}
"""`info` of an index or constraint that the next release drops: a version that says so runs on a database without it,
so that one can be rolled back to it."""


def dropped_next(metadata: MetaData) -> Iterator[str]:
    """Each of them as `table.name`."""
    for table in metadata.tables.values():
        things: list[Index | Constraint] = [*table.indexes, *table.constraints]
        for thing in things:
            if thing.info.get("dropped") == DROPPED_NEXT["dropped"]:
                yield f"{table.name}.{thing.name}"
