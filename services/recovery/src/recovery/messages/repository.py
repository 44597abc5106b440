"""Every statement on due steps, reservations of mails and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from recovery.campaigns.domain import CAP_WINDOW
from recovery.messages.domain import DueStep, Standing
from recovery.recoveries.domain import Recovery
from recovery.recoveries.repository import COLUMNS, recovery_of

_LEASE_SECONDS = 60
_LONGEST_LEASE_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Reservation:
    """A row of recovery_messages: whoever has inserted it alone may send this mail."""

    id: UUID
    recovery_id: UUID
    step: int


async def lease_due(unit: SystemUnit, limit: int, company_id: UUID | None = None) -> list[DueStep]:
    """Take at most `limit` due steps, oldest first, of all companies or one; no other worker sees them for a while.

    The lease is the due time itself, pushed on by a minute, longer the more often it was pushed: a worker that dies, or
    a step that fails again and again, costs nothing else.
    """
    rows = await unit.fetch(
        """
        UPDATE recoveries
        SET next_due_at = $1::timestamptz
                + make_interval(secs => least($3::float8 * power(2, least(postponed, 10)), $4::float8)),
            postponed = postponed + 1, updated_at = $1
        WHERE id IN (
            SELECT id FROM recoveries
            WHERE next_due_at <= $1 AND ($5::uuid IS NULL OR company_id = $5)
            ORDER BY next_due_at LIMIT $2
            FOR UPDATE SKIP LOCKED
        )
        RETURNING company_id, id AS recovery_id, cart_id, abandonment_id, next_step AS step, postponed - 1 AS postponed,
                  abandoned_at, traceparent
        """,
        unit.now,
        limit,
        float(_LEASE_SECONDS),
        float(_LONGEST_LEASE_SECONDS),
        company_id,
    )
    return [DueStep(**row) for row in rows]


async def count_due(unit: SystemUnit, company_id: UUID | None = None) -> int:
    """How many steps are due."""
    count: int = await unit.fetchval(
        "SELECT count(*) FROM recoveries WHERE next_due_at <= $1 AND ($2::uuid IS NULL OR company_id = $2)",
        unit.now,
        company_id,
    )
    return count


async def lock(unit: TenantUnit, due: DueStep) -> Recovery | None:
    """Lock the recovery until the unit ends; None if this step is not its next any more, or is locked already."""
    row = await unit.fetchrow(
        f"""
        SELECT {COLUMNS} FROM recoveries
        WHERE company_id = $1 AND id = $2 AND status = 'OPEN' AND next_step = $3 AND next_due_at IS NOT NULL
        FOR UPDATE SKIP LOCKED
        """,
        unit.company_id,
        due.recovery_id,
        due.step,
    )
    return recovery_of(row) if row else None


async def standing(unit: TenantUnit, recipient: bytes, daily_cap: int | None) -> Standing:
    """What this recipient has got lately; until the unit ends nobody else reserves a mail to them.

    An UNKNOWN mail counts as got; one that FAILED does not.
    """
    await unit.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"recipient:{unit.company_id.hex}:{recipient.hex()}"
    )
    row = await unit.fetchrow(
        """
        SELECT (SELECT reason FROM suppressions WHERE company_id = $1 AND recipient_hash = $2) AS suppressed,
               (SELECT claimed_at FROM recovery_messages
                WHERE company_id = $1 AND recipient_hash = $2 AND status <> 'FAILED'
                  AND claimed_at > $3::timestamptz - $4::interval AND $5::integer IS NOT NULL
                ORDER BY claimed_at DESC OFFSET coalesce($5, 1) - 1 LIMIT 1) AS capped_by
        """,
        unit.company_id,
        recipient,
        unit.now,
        CAP_WINDOW,
        daily_cap,
    )
    assert row is not None, "a SELECT without FROM has one row"  # noqa: S101  # narrows for the checker
    return Standing(**row)


async def reserve(unit: TenantUnit, reservation: Reservation, recovery: Recovery, recipient: bytes) -> bool:
    """Reserve this step's mail, for ever; False when somebody has reserved it before (rules.md 28)."""
    reserved = await unit.fetchval(
        """
        INSERT INTO recovery_messages
            (company_id, id, recovery_id, recipient_hash, cart_id, abandonment_id, step, status, claimed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'CLAIMED', $8)
        ON CONFLICT DO NOTHING
        RETURNING true
        """,
        unit.company_id,
        reservation.id,
        recovery.id,
        recipient,
        recovery.cart_id,
        recovery.abandonment_id,
        reservation.step,
        unit.now,
    )
    return reserved is not None


async def advance(unit: TenantUnit, recovery: Recovery, following: tuple[int, datetime] | None) -> None:
    """Point the recovery at its next step and moment; None finishes it."""
    step, due_at = following or (None, None)
    await unit.execute(
        """
        UPDATE recoveries
        SET next_step = $3::smallint, next_due_at = $4, postponed = 0, unwritten = 0, updated_at = $5,
            status = CASE WHEN $3::smallint IS NULL THEN 'FINISHED' ELSE status END
        WHERE company_id = $1 AND id = $2
        """,
        unit.company_id,
        recovery.id,
        step,
        due_at,
        unit.now,
    )


async def postpone(unit: TenantUnit, recovery_id: UUID, until: datetime | None, tries: int = 0) -> None:
    """Let the next step wait; None until something about its recipient or campaign changes.

    `tries` is how often it failed: 0 when the wait is wanted (cap, quiet hours, switch), which a change may end early.
    """
    await unit.execute(
        """
        UPDATE recoveries SET next_due_at = $3, postponed = $5, updated_at = $4
        WHERE company_id = $1 AND id = $2 AND status = 'OPEN' AND next_due_at IS NOT NULL
        """,
        unit.company_id,
        recovery_id,
        until,
        unit.now,
        tries,
    )


async def count_unwritten(unit: TenantUnit, recovery: Recovery) -> int:
    """Count one more try at writing the next step's mail that failed; returns how many there were."""
    tries: int = await unit.fetchval(
        """
        UPDATE recoveries SET unwritten = unwritten + 1, updated_at = $3 WHERE company_id = $1 AND id = $2
        RETURNING unwritten
        """,
        unit.company_id,
        recovery.id,
        unit.now,
    )
    return tries


async def record(
    unit: TenantUnit, reservation: Reservation, status: str, *, provider_id: str | None, failure: str | None
) -> bool:
    """Record what became of a mail; False when that is recorded already. A late answer resolves an UNKNOWN one too."""
    recorded = await unit.fetchval(
        """
        UPDATE recovery_messages
        SET status = $3, provider_id = $4, failure = $5, sent_at = CASE WHEN $3 = 'SENT' THEN $6::timestamptz END
        WHERE company_id = $1 AND id = $2 AND status IN ('CLAIMED', 'UNKNOWN')
        RETURNING true
        """,
        unit.company_id,
        reservation.id,
        status,
        provider_id,
        failure,
        unit.now,
    )
    return recorded is not None


async def release(unit: TenantUnit, reservation: Reservation, due_at: datetime, tries: int) -> None:
    """Delete the reservation, because the provider certainly did not take the mail, and let the step wait.

    A recovery that has been stopped, or has gone on to a later step, in the meantime stays as it is.
    """
    released = await unit.fetchval(
        """
        DELETE FROM recovery_messages WHERE company_id = $1 AND id = $2 AND status IN ('CLAIMED', 'UNKNOWN')
        RETURNING true
        """,
        unit.company_id,
        reservation.id,
    )
    if released is None:
        return
    await unit.execute(
        """
        UPDATE recoveries
        SET status = 'OPEN', next_step = $3::smallint, next_due_at = $4, postponed = $6, updated_at = $5
        WHERE company_id = $1 AND id = $2 AND status <> 'STOPPED'
          AND coalesce(next_step, $3::smallint + 1) = $3::smallint + 1
        """,
        unit.company_id,
        reservation.recovery_id,
        reservation.step,
        due_at,
        unit.now,
        tries,
    )


async def mark_unknown(unit: SystemUnit, before: datetime) -> int:
    """Make UNKNOWN what was reserved before then and has no outcome, of all companies; return how many."""
    rows = await unit.fetch(
        """
        UPDATE recovery_messages SET status = 'UNKNOWN', failure = 'no outcome was recorded'
        WHERE status = 'CLAIMED' AND claimed_at < $1
        RETURNING true
        """,
        before,
    )
    return len(rows)


async def count_overdue(unit: SystemUnit, before: datetime) -> int:
    """How many mails `mark_unknown` would make UNKNOWN."""
    count: int = await unit.fetchval(
        "SELECT count(*) FROM recovery_messages WHERE status = 'CLAIMED' AND claimed_at < $1", before
    )
    return count


async def recipient_of(unit: TenantUnit, recovery_id: UUID, step: int) -> bytes | None:
    """Whom the mail of this step went to, or None when there was none."""
    recipient: bytes | None = await unit.fetchval(
        "SELECT recipient_hash FROM recovery_messages WHERE company_id = $1 AND recovery_id = $2 AND step = $3",
        unit.company_id,
        recovery_id,
        step,
    )
    return recipient
