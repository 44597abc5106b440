"""What the analytics service consumes: events of shops in batches, and on a queue of its own what their staff did."""

from collections.abc import Sequence
from typing import Any

from contracts.audit import AuditRecorded
from contracts.envelope import Envelope
from servicekit.db import SystemUnit, TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

from analytics.audits import service as audits
from analytics.log import service
from analytics.log.domain import LOGGED

subscriptions = Subscriptions[None]("analytics")
answer_erasures(subscriptions)


@subscriptions.batch(*LOGGED, name="analytics.append", queue="log", size=500, linger_seconds=0.1)
async def count_new_events(events: Sequence[Envelope[Any]], unit: SystemUnit) -> None:
    """Append events to the log and count them, once each, whatever the order (rules.md 32)."""
    await service.append(unit, events)


@subscriptions.on(AuditRecorded, name="analytics.keep_audit_entry", queue="audit")
async def keep_audit_entry(event: Envelope[AuditRecorded], unit: TenantUnit) -> None:
    """Keep what somebody of the staff did in any service, for GET /api/admin/audit."""
    await audits.keep(unit, event)
