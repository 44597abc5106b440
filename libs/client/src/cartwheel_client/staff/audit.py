"""Who of a company's staff did what."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from cartwheel_client.connection import Connection
from cartwheel_client.models.analytics import EntryViewPage


class AuditFilters(TypedDict, total=False):
    """What a list of entries is narrowed to; without anything, all of the last two years."""

    actor: str
    """The id of somebody of the staff."""
    action: str
    """Such as promotion.deleted."""
    subject_type: str
    subject_id: str
    since: datetime
    until: datetime
    """Not included."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit log; for admins."""

    connection: Connection

    async def list_entries(
        self, *, limit: int | None = None, cursor: str | None = None, **filters: Unpack[AuditFilters]
    ) -> EntryViewPage:
        """A page of what the company's staff did in every service, the newest first."""
        query = {
            "actor": filters.get("actor"),
            "action": filters.get("action"),
            "subjectType": filters.get("subject_type"),
            "subjectId": filters.get("subject_id"),
            "from": filters.get("since"),
            "to": filters.get("until"),
        }
        return await self.connection.read(EntryViewPage, "/api/admin/audit", limit=limit, cursor=cursor, **query)
