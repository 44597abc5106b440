"""Every statement on the life of a recovery: starting, addressing, scheduling, stopping."""

from dataclasses import fields
from uuid import UUID

import asyncpg
from contracts.cart import CartAbandoned, FullLine
from contracts.envelope import Envelope
from servicekit.db import TenantUnit

from recovery.recoveries.domain import Recovery, StopReason

COLUMNS = """
    id, company_id, version, site_id, cart_id, abandonment_id, status, stop_reason, recipient_hash, currency,
    item_count, total, lines, abandoned_at, last_activity_at, next_step, next_due_at, traceparent, restored_at,
    attribution
"""


def recovery_of(row: asyncpg.Record) -> Recovery:
    """The recovery that a row holds; columns besides COLUMNS are ignored."""
    values = {field.name: row[field.name] for field in fields(Recovery)}
    return Recovery(**{**values, "lines": tuple(FullLine.model_validate(line) for line in values["lines"])})


async def add(
    unit: TenantUnit,
    event: Envelope[CartAbandoned],
    recovery_id: UUID,
    recipient: bytes | None,
    traceparent: str | None,
) -> bool:
    """Store the recovery of an abandonment, nothing due yet; False when it is known."""
    cart = event.data
    made = await unit.fetchval(
        """
        INSERT INTO recoveries
            (company_id, id, version, site_id, cart_id, cart_version, abandonment_id, status, recipient_hash, currency,
             item_count, total, lines, abandoned_at, last_activity_at, next_step, postponed, unwritten,
             traceparent, created_at, updated_at)
        VALUES ($1, $2, 0, $3, $4, $5, $6, 'OPEN', $7, $8, $9, $10, $11, $12, $13, 1, 0, 0, $14, $15, $15)
        ON CONFLICT (company_id, abandonment_id) DO NOTHING
        RETURNING true
        """,
        unit.company_id,
        recovery_id,
        cart.site_id,
        event.subject,
        event.aggregateversion,
        cart.abandonment_id,
        recipient,
        cart.currency,
        cart.totals.item_count,
        cart.totals.total,
        [line.model_dump(mode="json", by_alias=True) for line in cart.lines],
        event.time,
        cart.last_activity_at,
        traceparent,
        unit.now,
    )
    return made is not None


async def set_recipient(unit: TenantUnit, cart_id: UUID, recipient: bytes | None) -> None:
    """Give the cart's open recovery its recipient, or none, and schedule it accordingly."""
    await unit.execute(
        """
        UPDATE recoveries SET recipient_hash = $3, updated_at = $4
        WHERE company_id = $1 AND cart_id = $2 AND status = 'OPEN'
        """,
        unit.company_id,
        cart_id,
        recipient,
        unit.now,
    )
    await schedule(unit, cart_id)


_SCHEDULE = """
    UPDATE recoveries AS recovery
    SET next_due_at = CASE WHEN plan.due_at IS NOT NULL AND recovery.postponed > 0
                           THEN greatest(recovery.next_due_at, plan.due_at) ELSE plan.due_at END,
        postponed = CASE WHEN plan.due_at IS NULL THEN 0 ELSE recovery.postponed END,
        unwritten = 0, updated_at = $3
    FROM (
        SELECT waiting.id, waiting.next_step,
               CASE WHEN waiting.recipient_hash IS NOT NULL AND suppression.id IS NULL
                    THEN greatest(waiting.abandoned_at + make_interval(secs => step.delay_seconds),
                                  mail.claimed_at + make_interval(secs => step.delay_seconds - before.delay_seconds))
               END AS due_at
        FROM recoveries AS waiting
        LEFT JOIN suppressions AS suppression
            ON suppression.company_id = $1 AND suppression.recipient_hash = waiting.recipient_hash
        LEFT JOIN campaigns AS campaign
            ON campaign.company_id = $1 AND campaign.deleted_at IS NULL AND campaign.active
        LEFT JOIN campaign_steps AS step
            ON step.company_id = $1 AND step.campaign_id = campaign.id AND step.position = waiting.next_step
        LEFT JOIN campaign_steps AS before
            ON before.company_id = $1 AND before.campaign_id = campaign.id AND before.position = waiting.next_step - 1
        LEFT JOIN recovery_messages AS mail
            ON mail.company_id = $1 AND mail.recovery_id = waiting.id AND mail.step = waiting.next_step - 1
        WHERE waiting.company_id = $1 AND waiting.status = 'OPEN' AND ($2::uuid IS NULL OR waiting.cart_id = $2)
    ) AS plan
    WHERE recovery.company_id = $1 AND recovery.id = plan.id AND recovery.status = 'OPEN'
      AND recovery.next_step = plan.next_step
"""
"""The distance to the mail before is that of Campaign.due_after. A step reserved while this waited keeps its time."""


async def schedule(unit: TenantUnit, cart_id: UUID | None = None) -> None:
    """Set when the next step of the open recoveries (of one cart, or all) is due, as campaign and recipient are now.

    Nothing is due without a recipient who may be mailed, or without an active campaign that has such a step. What a
    worker has leased, or has postponed after a failure, is due no sooner than it was.
    """
    await unit.execute(_SCHEDULE, unit.company_id, cart_id, unit.now)


async def stop_of_cart(unit: TenantUnit, cart_id: UUID, before_version: int, reason: StopReason) -> None:
    """Stop what was abandoned before this version of the cart; what is stopped keeps its first reason."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $4, next_due_at = NULL, updated_at = $5
        WHERE company_id = $1 AND cart_id = $2 AND cart_version < $3 AND status <> 'STOPPED'
        """,
        unit.company_id,
        cart_id,
        before_version,
        reason,
        unit.now,
    )


async def stop_of_recipient(unit: TenantUnit, recipient: bytes, reason: StopReason) -> None:
    """Stop every recovery from which this recipient would still get a mail."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $3, next_due_at = NULL, updated_at = $4
        WHERE company_id = $1 AND recipient_hash = $2 AND next_due_at IS NOT NULL
        """,
        unit.company_id,
        recipient,
        reason,
        unit.now,
    )


async def stop(unit: TenantUnit, recovery_id: UUID, reason: StopReason) -> None:
    """Stop one recovery; what is stopped keeps its first reason."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $3, next_due_at = NULL, updated_at = $4
        WHERE company_id = $1 AND id = $2 AND status <> 'STOPPED'
        """,
        unit.company_id,
        recovery_id,
        reason,
        unit.now,
    )


async def follow_merge(unit: TenantUnit, cart_id: UUID, into_cart_id: UUID) -> None:
    """Remember where a merged cart's lines went, so that an order from there can still be attributed."""
    await unit.execute(
        "UPDATE recoveries SET merged_into_cart_id = $3, updated_at = $4 WHERE company_id = $1 AND cart_id = $2",
        unit.company_id,
        cart_id,
        into_cart_id,
        unit.now,
    )


async def get(unit: TenantUnit, recovery_id: UUID, *, lock: bool = False) -> Recovery | None:
    """The recovery; with `lock`, nobody else changes it until the unit ends."""
    row = await unit.fetchrow(
        f"SELECT {COLUMNS} FROM recoveries WHERE company_id = $1 AND id = $2 {'FOR UPDATE' if lock else ''}",
        unit.company_id,
        recovery_id,
    )
    return recovery_of(row) if row else None


async def bring_forward(unit: TenantUnit, recovery_id: UUID) -> None:
    """Make the next step due now."""
    await unit.execute(
        """
        UPDATE recoveries SET next_due_at = $3, postponed = 0, updated_at = $3
        WHERE company_id = $1 AND id = $2 AND status = 'OPEN'
        """,
        unit.company_id,
        recovery_id,
        unit.now,
    )


async def mark_restored(unit: TenantUnit, recovery_id: UUID) -> None:
    """Note when the cart first came back through a link of this recovery."""
    await unit.execute(
        """
        UPDATE recoveries SET restored_at = coalesce(restored_at, $3), updated_at = $3
        WHERE company_id = $1 AND id = $2
        """,
        unit.company_id,
        recovery_id,
        unit.now,
    )


async def raise_version(unit: TenantUnit, recovery_id: UUID) -> int:
    """Raise the recovery's version for one more event, and return it; the caller has seen that the recovery exists."""
    version: int = await unit.fetchval(
        """
        UPDATE recoveries SET version = version + 1, updated_at = $3 WHERE company_id = $1 AND id = $2
        RETURNING version
        """,
        unit.company_id,
        recovery_id,
        unit.now,
    )
    return version
