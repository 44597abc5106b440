"""The audit log: what staff did is a row in the transaction of what they did, and published from there (ADR 0031).

Rows are only added: a trigger refuses every change, and the deletion of what is younger than two years.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from contracts.audit import AuditRecorded, FieldChange
from contracts.envelope import Envelope, RecordedEvent

from servicekit.auth.caller import Caller
from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox

MAX_VALUE_BYTES = 4_000
"""What an entry keeps of one field, written as JSON; of a longer one it has the length."""

_ADD = """
INSERT INTO audit_log
    (id, company_id, at, service, actor, roles, action, subject_type, subject_id, changes, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class AuditSource:
    """Where an action comes from: the service, who acts, and under which request."""

    service: str
    caller: Caller
    request_id: str


@dataclass(frozen=True, slots=True)
class AuditAction:
    """What was done to what, such as `promotion.deleted`, and the fields that differ now."""

    action: str
    subject_type: str
    subject_id: str
    changes: Mapping[str, FieldChange] = field(default_factory=dict)


async def record(unit: Unit, source: AuditSource, action: AuditAction, company_id: UUID | None = None) -> None:
    """Write an action into the log of the caller's company, or of another, and publish it, as the unit commits."""
    company_id = source.caller.company_id if company_id is None else company_id
    event = AuditRecorded(
        service=source.service,
        actor=source.caller.subject,
        roles=tuple(sorted(source.caller.roles)),
        action=action.action,
        subject_type=action.subject_type,
        subject_id=action.subject_id,
        changes=dict(action.changes),
        request_id=source.request_id,
    )
    entry_id = new_id()
    await _add(unit, entry_id, company_id, unit.now, event)
    await outbox.add(unit, RecordedEvent(event, company_id, entry_id, 1, unit.now))


async def keep(unit: Unit, envelope: Envelope[AuditRecorded]) -> None:
    """Write an entry that a service has published into this service's log; one that is there stays as it is."""
    await _add(unit, envelope.subject, envelope.companyid, envelope.time, envelope.data)


async def _add(unit: Unit, entry_id: UUID, company_id: UUID, at: datetime, event: AuditRecorded) -> None:
    data = event.model_dump(mode="json", by_alias=True)
    columns = ("service", "actor", "roles", "action", "subjectType", "subjectId", "changes", "requestId")
    await unit.execute(_ADD, entry_id, company_id, at, *(data[name] for name in columns))


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, FieldChange]:
    """The fields whose values differ, in the order of their names; both are plain JSON."""
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return {name: FieldChange(before=_bounded(before.get(name)), after=_bounded(after.get(name))) for name in differing}


def _bounded(value: Any) -> Any:
    length = len(orjson.dumps(value))
    return value if length <= MAX_VALUE_BYTES else f"({length} bytes)"
