"""Reading the audit log, which the chassis writes (`servicekit.messaging.audit_log`)."""

from dataclasses import astuple, fields
from uuid import UUID

from servicekit.db import TenantUnit

from analytics.audits.domain import Entry, Filters

_PAGE = f"""
SELECT {", ".join(field.name for field in fields(Entry))} FROM audit_log
WHERE company_id = $1 AND ($2::uuid IS NULL OR id < $2)
  AND ($4::text IS NULL OR actor = $4) AND ($5::text IS NULL OR action = $5)
  AND ($6::text IS NULL OR subject_type = $6) AND ($7::text IS NULL OR subject_id = $7)
  AND ($8::timestamptz IS NULL OR at >= $8) AND ($9::timestamptz IS NULL OR at < $9)
ORDER BY id DESC LIMIT $3
"""


async def page(unit: TenantUnit, filters: Filters, before: UUID | None, limit: int) -> list[Entry]:
    """Entries of the company, the newest first; ids are in the order of time."""
    return [Entry(**row) for row in await unit.fetch(_PAGE, unit.company_id, before, limit, *astuple(filters))]
