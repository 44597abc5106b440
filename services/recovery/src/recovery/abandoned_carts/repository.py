"""Every statement on the staff's list of abandoned carts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from recovery.recoveries.domain import Recovery
from recovery.recoveries.repository import COLUMNS, recovery_of


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show; None does not filter."""

    status: str | None = None
    site_id: UUID | None = None
    mailable: bool | None = None
    min_total: int | None = None
    abandoned_from: datetime | None = None
    abandoned_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailState:
    """One mail of a recovery, without its address."""

    step: int
    status: str
    claimed_at: datetime
    sent_at: datetime | None
    clicked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A recovery with its mails. `mailable`: there is a recipient who has consented and is not suppressed."""

    recovery: Recovery
    mailable: bool
    mails: tuple[MailState, ...]


_MAILABLE = """
    (recipient_hash IS NOT NULL AND NOT EXISTS (
        SELECT FROM suppressions WHERE suppressions.company_id = recoveries.company_id
          AND suppressions.recipient_hash = recoveries.recipient_hash))
"""


async def page(unit: TenantUnit, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Entry]:
    """Entries, the latest abandonment first, after the one with this time and id; two statements whatever the limit."""
    rows = await unit.fetch(
        f"""
        SELECT {COLUMNS}, {_MAILABLE} AS mailable FROM recoveries
        WHERE company_id = $1
          AND ($2::timestamptz IS NULL OR (abandoned_at, id) < ($2, $3::uuid))
          AND ($4::text IS NULL OR status = $4)
          AND ($5::uuid IS NULL OR site_id = $5)
          AND ($6::bigint IS NULL OR total >= $6)
          AND ($7::timestamptz IS NULL OR abandoned_at >= $7)
          AND ($8::timestamptz IS NULL OR abandoned_at < $8)
          AND ($9::boolean IS NULL OR {_MAILABLE} = $9)
        ORDER BY abandoned_at DESC, id DESC
        LIMIT $10
        """,
        unit.company_id,
        *(after or (None, None)),
        filters.status,
        filters.site_id,
        filters.min_total,
        filters.abandoned_from,
        filters.abandoned_to,
        filters.mailable,
        limit,
    )
    return await _with_mails(unit, rows)


async def entry(unit: TenantUnit, recovery_id: UUID) -> Entry | None:
    """One entry, locked until the unit ends, or None."""
    rows = await unit.fetch(
        f"""
        SELECT {COLUMNS}, {_MAILABLE} AS mailable FROM recoveries WHERE company_id = $1 AND id = $2 FOR UPDATE
        """,
        unit.company_id,
        recovery_id,
    )
    entries = await _with_mails(unit, rows)
    return entries[0] if entries else None


async def _with_mails(unit: TenantUnit, rows: Sequence[asyncpg.Record]) -> list[Entry]:
    found = await unit.fetch(
        """
        SELECT recovery_id, step, status, claimed_at, sent_at, clicked_at FROM recovery_messages
        WHERE company_id = $1 AND recovery_id = ANY ($2::uuid[]) ORDER BY recovery_id, step
        """,
        unit.company_id,
        [row["id"] for row in rows],
    )
    mails: dict[UUID, list[MailState]] = {row["id"]: [] for row in rows}
    for row in found:
        mails[row["recovery_id"]].append(
            MailState(row["step"], row["status"], row["claimed_at"], row["sent_at"], row["clicked_at"])
        )
    return [Entry(recovery_of(row), row["mailable"], tuple(mails[row["id"]])) for row in rows]
