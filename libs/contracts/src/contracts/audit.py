"""What the staff of a company did, as every service publishes it. None of it is personal (rules.md 35)."""

from typing import Any, ClassVar

from contracts.base import Contract, Event


class FieldChange(Contract):
    """A field of something as it was and as it is, in JSON; null where it was not there."""

    before: Any = None
    after: Any = None


class AuditRecorded(Event):
    """Somebody of the staff did something that changes a company's data; the aggregate is the entry of the audit log.

    `actor` is the staff member's id, `changes` has the fields that differ, by their names in the API.
    """

    type: ClassVar[str] = "audit.recorded.v1"
    aggregate: ClassVar[str] = "audit_entry"
    service: str
    actor: str
    roles: tuple[str, ...]
    action: str
    subject_type: str
    subject_id: str
    changes: dict[str, FieldChange] = {}
    request_id: str
