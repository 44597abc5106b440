"""An entry of the audit log, and what a list of them is narrowed to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody of the staff did something; `changes` has the fields that differ, each with `before` and `after`."""

    id: UUID
    at: datetime
    service: str
    actor: str
    roles: list[str]
    action: str
    subject_type: str
    subject_id: str
    changes: dict[str, Any]
    request_id: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None is any. `until` is not included."""

    actor: str | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
