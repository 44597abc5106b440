"""Every statement on the life of a recovery: starting, addressing, scheduling, stopping, success."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.cart import CartAbandoned, FullLine
from contracts.envelope import Envelope
from servicekit.db import Unit

from recovery.recoveries.domain import INFLUENCE, Attribution, Recovery, StopReason

COLUMNS = """
    id, company_id, version, site_id, cart_id, abandonment_id, status, stop_reason, recipient_hash, currency,
    item_count, total, lines, abandoned_at, last_activity_at, next_step, next_due_at, traceparent, restored_at,
    attribution
"""


@dataclass(frozen=True, slots=True)
class Success:
    """A recovery that an order was just attributed to, with its new version."""

    recovery_id: UUID
    version: int
    site_id: UUID
    cart_id: UUID
    abandonment_id: UUID
    attribution: Attribution


def recovery_of(row: Any) -> Recovery:
    """A row of COLUMNS as the domain has it."""
    fields = dict(row)
    fields["lines"] = tuple(FullLine.model_validate(line) for line in fields["lines"])
    return Recovery(**fields)


async def add(
    unit: Unit,
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
             item_count, total, lines, abandoned_at, last_activity_at, next_step, postponed, traceparent,
             created_at, updated_at)
        VALUES ($1, $2, 0, $3, $4, $5, $6, 'OPEN', $7, $8, $9, $10, $11, $12, $13, 1, 0, $14, $15, $15)
        ON CONFLICT (company_id, abandonment_id) DO NOTHING
        RETURNING true
        """,
        event.companyid,
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


async def address(unit: Unit, company_id: UUID, cart_id: UUID, recipient: bytes | None) -> None:
    """Give the cart's open recovery its recipient, or none, and schedule it accordingly."""
    await unit.execute(
        """
        UPDATE recoveries SET recipient_hash = $3, updated_at = $4
        WHERE company_id = $1 AND cart_id = $2 AND status = 'OPEN'
        """,
        company_id,
        cart_id,
        recipient,
        unit.now,
    )
    await schedule(unit, company_id, cart_id)


async def schedule(unit: Unit, company_id: UUID, cart_id: UUID | None = None) -> None:
    """Set when the next step of the open recoveries (of one cart, or all) is due, as campaign and recipient are now.

    Nothing is due without a recipient who may be written to, or without an active campaign that has such a step.
    """
    await unit.execute(
        """
        UPDATE recoveries AS recovery
        SET next_due_at = recovery.abandoned_at + step.delay, postponed = 0, updated_at = $3
        FROM (
            SELECT waiting.id, CASE
                WHEN waiting.recipient_hash IS NULL THEN NULL
                WHEN EXISTS (SELECT FROM suppressions AS suppression
                             WHERE suppression.company_id = $1
                               AND suppression.recipient_hash = waiting.recipient_hash) THEN NULL
                ELSE make_interval(secs => campaign_step.delay_seconds) END AS delay
            FROM recoveries AS waiting
            LEFT JOIN campaigns AS campaign
                ON campaign.company_id = $1 AND campaign.deleted_at IS NULL AND campaign.active
            LEFT JOIN campaign_steps AS campaign_step
                ON campaign_step.company_id = $1 AND campaign_step.campaign_id = campaign.id
                AND campaign_step.position = waiting.next_step
            WHERE waiting.company_id = $1 AND waiting.status = 'OPEN' AND ($2::uuid IS NULL OR waiting.cart_id = $2)
        ) AS step
        WHERE recovery.company_id = $1 AND recovery.id = step.id
        """,
        company_id,
        cart_id,
        unit.now,
    )


async def stop_of_cart(unit: Unit, company_id: UUID, cart_id: UUID, before_version: int, reason: StopReason) -> None:
    """Stop what was abandoned before this version of the cart; what is stopped keeps its first reason."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $4, next_due_at = NULL, updated_at = $5
        WHERE company_id = $1 AND cart_id = $2 AND cart_version < $3 AND status <> 'STOPPED'
        """,
        company_id,
        cart_id,
        before_version,
        reason,
        unit.now,
    )


async def stop_of_recipient(unit: Unit, company_id: UUID, recipient: bytes, reason: StopReason) -> None:
    """Stop every recovery from which this recipient would still get a mail."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $3, next_due_at = NULL, updated_at = $4
        WHERE company_id = $1 AND recipient_hash = $2 AND next_due_at IS NOT NULL
        """,
        company_id,
        recipient,
        reason,
        unit.now,
    )


async def stop(unit: Unit, company_id: UUID, recovery_id: UUID, reason: StopReason) -> None:
    """Stop one recovery; what is stopped keeps its first reason."""
    await unit.execute(
        """
        UPDATE recoveries SET status = 'STOPPED', stop_reason = $3, next_due_at = NULL, updated_at = $4
        WHERE company_id = $1 AND id = $2 AND status <> 'STOPPED'
        """,
        company_id,
        recovery_id,
        reason,
        unit.now,
    )


async def follow_merge(unit: Unit, company_id: UUID, cart_id: UUID, into_cart_id: UUID) -> None:
    """Remember where a merged cart's lines went, so that an order from there can still be attributed."""
    await unit.execute(
        "UPDATE recoveries SET merged_into_cart_id = $3, updated_at = $4 WHERE company_id = $1 AND cart_id = $2",
        company_id,
        cart_id,
        into_cart_id,
        unit.now,
    )


async def get(unit: Unit, company_id: UUID, recovery_id: UUID, *, lock: bool = False) -> Recovery | None:
    """The recovery; with `lock`, nobody else changes it until the unit ends."""
    row = await unit.fetchrow(
        f"SELECT {COLUMNS} FROM recoveries WHERE company_id = $1 AND id = $2 {'FOR UPDATE' if lock else ''}",
        company_id,
        recovery_id,
    )
    return recovery_of(row) if row else None


async def bring_forward(unit: Unit, company_id: UUID, recovery_id: UUID) -> None:
    """Make the next step due now."""
    await unit.execute(
        """
        UPDATE recoveries SET next_due_at = $3, postponed = 0, updated_at = $3
        WHERE company_id = $1 AND id = $2 AND status = 'OPEN'
        """,
        company_id,
        recovery_id,
        unit.now,
    )


async def mark_restored(unit: Unit, company_id: UUID, recovery_id: UUID) -> None:
    """Note when the cart first came back through a link of this recovery."""
    await unit.execute(
        """
        UPDATE recoveries SET restored_at = coalesce(restored_at, $3), updated_at = $3
        WHERE company_id = $1 AND id = $2
        """,
        company_id,
        recovery_id,
        unit.now,
    )


async def bump(unit: Unit, company_id: UUID, recovery_id: UUID) -> int:
    """Raise the recovery's version for one more event, and return it; the caller knows that the recovery exists."""
    version: int = await unit.fetchval(
        """
        UPDATE recoveries SET version = version + 1, updated_at = $3 WHERE company_id = $1 AND id = $2
        RETURNING version
        """,
        company_id,
        recovery_id,
        unit.now,
    )
    return version


async def attribute(
    unit: Unit,
    company_id: UUID,
    *,
    cart_id: UUID,
    restored_abandonment_id: UUID | None,
    order_id: str,
    revenue: int,
    ordered_at: datetime,
) -> Success | None:
    """Credit an order to the recovery that restored the cart, else to the one clicked last; None when neither exists.

    An order is credited once, and a recovery takes one order: called again it changes nothing and returns None.
    """
    row = await unit.fetchrow(
        """
        WITH candidate AS (
            SELECT id, 'recovered' AS kind, NULL::timestamptz AS clicked_at
            FROM recoveries WHERE company_id = $1 AND abandonment_id = $3
            UNION ALL
            SELECT recovery.id, 'influenced', max(click.clicked_at)
            FROM recoveries AS recovery
            JOIN recovery_clicks AS click ON click.company_id = $1 AND click.recovery_id = recovery.id
            WHERE recovery.company_id = $1 AND (recovery.cart_id = $2 OR recovery.merged_into_cart_id = $2)
              AND click.clicked_at BETWEEN $6::timestamptz - $7::interval AND $6
            GROUP BY recovery.id
        ), best AS (
            SELECT id, kind FROM candidate ORDER BY kind = 'influenced', clicked_at DESC, id LIMIT 1
        )
        UPDATE recoveries AS recovery
        SET attribution = best.kind, order_id = $4, revenue = $5, attributed_at = $6,
            version = recovery.version + 1, updated_at = $8
        FROM best
        WHERE recovery.company_id = $1 AND recovery.id = best.id AND recovery.attribution IS NULL
          AND NOT EXISTS (SELECT FROM recoveries AS other WHERE other.company_id = $1 AND other.order_id = $4)
        RETURNING recovery.id AS recovery_id, recovery.version, recovery.site_id, recovery.cart_id,
                  recovery.abandonment_id, recovery.attribution
        """,
        company_id,
        cart_id,
        restored_abandonment_id,
        order_id,
        revenue,
        ordered_at,
        INFLUENCE,
        unit.now,
    )
    return Success(**row) if row else None
