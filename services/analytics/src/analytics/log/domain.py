"""What the log keeps of an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Event
from contracts.envelope import Envelope
from contracts.registry import EVENTS, EVERY_SERVICE

NO_FIGURES = frozenset(EVERY_SERVICE)
"""What is about the staff, whom no figure counts."""
LOGGED: tuple[type[Event], ...] = tuple(
    event for event in EVENTS.values() if not event.personal and event not in NO_FIGURES
)
"""Every other event but those with personal data, which never reach this service (rules.md 35)."""

LEFT_OUT = frozenset({"customer_id"})
"""Fields that are not kept: no figure needs to know who a shopper is, so an erasure finds nothing here."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An event as it is kept: what happened to which aggregate, at which of its versions, and when."""

    event_id: UUID
    company_id: UUID
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    data: Event

    @classmethod
    def of(cls, envelope: Envelope[Any]) -> "LogEntry":
        """The event that an envelope carries."""
        return cls(
            envelope.id,
            envelope.companyid,
            envelope.subject,
            envelope.aggregateversion,
            envelope.time,
            envelope.data,
        )

    @property
    def key(self) -> tuple[UUID, UUID, int, str]:
        """What it is, under whatever id it comes: company, aggregate, version and type."""
        return self.company_id, self.aggregate_id, self.version, self.data.type

    @property
    def has_one_time(self) -> bool:
        """Whether it comes with the same time each time: a cart's past cannot be published anew, other state can."""
        return self.data.aggregate == "cart"

    @property
    def cart_id(self) -> UUID | None:
        """The cart that it is about, if it is about one."""
        if self.data.aggregate == "cart":
            return self.aggregate_id
        cart_id: UUID | None = getattr(self.data, "cart_id", None)
        return cart_id


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the log as staff read it: `data` is the event's JSON without LEFT_OUT."""

    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    received_at: datetime
    data: dict[str, Any]
