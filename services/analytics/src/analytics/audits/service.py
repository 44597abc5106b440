"""Keeping what every service recorded, and reading it."""

from uuid import UUID

from contracts.audit import AuditRecorded
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging import audit_log

from analytics.audits import repository
from analytics.audits.domain import Entry, Filters


async def keep(unit: TenantUnit, event: Envelope[AuditRecorded]) -> None:
    """Keep an entry that a service recorded; this service's own is there already."""
    await audit_log.keep(unit, event)


async def page(unit: TenantUnit, filters: Filters, before: UUID | None, limit: int) -> list[Entry]:
    """At most `limit` entries older than one of them, the newest first."""
    return await repository.page(unit, filters, before, limit)
