"""HTTP bodies of suppressions; an address comes in and is never given out."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field
from servicekit.http.bodies import Body, View
from servicekit.http.free_text import CONTROLS

from recovery.suppressions.repository import Suppression


class NewSuppression(Body):
    """POST /api/admin/recovery/suppressions: the address is hashed at once and not kept."""

    email: Annotated[str, Field(min_length=3, max_length=320, pattern=rf"^[^@\s{CONTROLS}]+@[^@\s{CONTROLS}]+$")]


class SuppressionView(View):
    """A recipient who gets no recovery mail. `reason`: unsubscribed, bounced, complained or staff."""

    id: UUID
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, suppression: Suppression) -> Self:
        """The view of a suppression."""
        return cls(id=suppression.id, reason=suppression.reason, created_at=suppression.created_at)


class SuppressionPage(View):
    """One page of suppressions, newest first; `enabled` is false while recovery is switched off."""

    items: list[SuppressionView]
    next_cursor: str | None = None
    enabled: bool = True
