"""HTTP bodies of the audit log."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from servicekit.http.bodies import View

from analytics.audits.domain import Entry


class ChangeView(View):
    """A field as it was and as it is; null where it was not there."""

    before: Any = None
    after: Any = None


class EntryView(View):
    """What somebody of the staff did: who, to what, which fields differ, and under which request."""

    id: UUID
    at: datetime
    service: str
    actor: str
    roles: list[str]
    action: str
    subject_type: str
    subject_id: str
    changes: dict[str, ChangeView]
    request_id: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The view of an entry."""
        return cls(**asdict(entry))
