"""Deleting carts that ended long ago (operations.md, "Jobs").

They are read in the order of their ids, which is that of their creation, by the index that lists a company's carts: an
index on the time of their end would make every change of every cart slower.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

ENDED_AT: Final = {"ABANDONED": "abandoned_at", "EXPIRED": "updated_at", "MERGED": "updated_at"}
"""The statuses that are deleted, and the column that says since when: nothing changes a final cart any more."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some of a company's carts: those to be deleted, the last id read, and whether older ones may follow."""

    old: list[UUID]
    last: UUID | None
    is_last: bool


async def company_ids(unit: SystemUnit) -> list[UUID]:
    """Every company."""
    return [row["company_id"] for row in await unit.fetch("SELECT company_id FROM companies ORDER BY company_id")]


async def read_window(unit: TenantUnit, status: str, before: datetime, after: UUID, limit: int) -> Window:
    """Read up to `limit` carts of this status past the id `after`; old are those that ended at `before` or
    earlier."""
    rows = await unit.fetch(
        f"SELECT id, created_at, {ENDED_AT[status]} <= $3 AND hold_change IS NULL AS is_old FROM carts"
        " WHERE company_id = $1 AND status = $2 AND id > $4 ORDER BY id LIMIT $5",
        unit.company_id,
        status,
        before,
        after,
        limit,
    )
    return Window(
        old=[row["id"] for row in rows if row["is_old"]],
        last=rows[-1]["id"] if rows else None,
        is_last=len(rows) < limit or rows[-1]["created_at"] > before,
    )


async def delete(unit: TenantUnit, status: str, before: datetime, cart_ids: list[UUID]) -> int:
    """Delete these carts with their lines, sessions, holds and activity; how many.

    Each is looked at again under its lock: one that was restored or merged meanwhile stays, and so does one that
    somebody is changing at this moment.
    """
    rows = await unit.fetch(
        f"""
        WITH old AS MATERIALIZED (
            SELECT id FROM carts WHERE company_id = $1 AND id = ANY ($4::uuid[]) AND status = $2
                AND {ENDED_AT[status]} <= $3 AND hold_change IS NULL
            ORDER BY id FOR UPDATE SKIP LOCKED
        ), activity AS (
            DELETE FROM cart_activity a USING old WHERE a.company_id = $1 AND a.cart_id = old.id
        )
        DELETE FROM carts c USING old WHERE c.company_id = $1 AND c.id = old.id RETURNING 1""",
        unit.company_id,
        status,
        before,
        cart_ids,
    )
    return len(rows)
