"""Indexes that stand aside while a table is filled: sorting all rows once costs a fraction of placing each one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

KEPT = "CREATE TABLE IF NOT EXISTS bench.indexes (name text PRIMARY KEY, definition text NOT NULL)"
"""What was dropped and is not built again yet; a call that was ended leaves it for the next one."""
_DROPPED = """
INSERT INTO bench.indexes (name, definition)
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid = ANY ($1::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
RETURNING name
"""
"""Those of constraints stay: foreign keys hang on them."""


async def drop(connection: "Connection", tables: Sequence[str]) -> None:
    """Drop the tables' indexes but for those of constraints, and keep how each was made."""
    async with connection.transaction():
        dropped = [row["name"] for row in await connection.fetch(_DROPPED, tables)]
        if dropped:
            await connection.execute(f"DROP INDEX {', '.join(dropped)}")


async def build(connection: "Connection", progress: Callable[[int, int], None]) -> None:
    """Build what `drop` dropped, one after the other; `progress` is given how many there are, and how many are left."""
    waiting = await connection.fetch("SELECT name, definition FROM bench.indexes ORDER BY name")
    for number, index in enumerate(waiting):
        progress(len(waiting), len(waiting) - number)
        async with connection.transaction():
            await connection.execute(index["definition"])
            await connection.execute("DELETE FROM bench.indexes WHERE name = $1", index["name"])
    progress(len(waiting), 0)
