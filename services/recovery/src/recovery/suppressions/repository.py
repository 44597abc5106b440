"""Every statement on suppressions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit


@dataclass(frozen=True, slots=True)
class Suppression:
    """A recipient who gets no mail, by id only."""

    id: UUID
    reason: str
    created_at: datetime


async def add(unit: TenantUnit, suppression_id: UUID, recipient: bytes, reason: str) -> bool:
    """Suppress a recipient; False when it already is, whatever the reason was."""
    made = await unit.fetchval(
        """
        INSERT INTO suppressions (company_id, id, recipient_hash, reason, created_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (company_id, recipient_hash) DO NOTHING
        RETURNING true
        """,
        unit.company_id,
        suppression_id,
        recipient,
        reason,
        unit.now,
    )
    return made is not None


async def of_recipient(unit: TenantUnit, recipient: bytes) -> Suppression | None:
    """The suppression of a recipient, if there is one."""
    row = await unit.fetchrow(
        "SELECT id, reason, created_at FROM suppressions WHERE company_id = $1 AND recipient_hash = $2",
        unit.company_id,
        recipient,
    )
    return Suppression(**row) if row else None


async def get(unit: TenantUnit, suppression_id: UUID) -> Suppression | None:
    """The suppression of this id, if there is one."""
    row = await unit.fetchrow(
        "SELECT id, reason, created_at FROM suppressions WHERE company_id = $1 AND id = $2",
        unit.company_id,
        suppression_id,
    )
    return Suppression(**row) if row else None


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[Suppression]:
    """Suppressions, newest first, after the one with this id."""
    rows = await unit.fetch(
        """
        SELECT id, reason, created_at FROM suppressions
        WHERE company_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        unit.company_id,
        after,
        limit,
    )
    return [Suppression(**row) for row in rows]


async def remove(unit: TenantUnit, suppression_id: UUID) -> bool:
    """Let a recipient be mailed again; False when there is no such suppression."""
    removed = await unit.fetchval(
        "DELETE FROM suppressions WHERE company_id = $1 AND id = $2 RETURNING true", unit.company_id, suppression_id
    )
    return removed is not None
