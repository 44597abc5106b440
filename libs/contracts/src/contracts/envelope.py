"""The CloudEvents 1.0 envelope that every event travels in (structured mode, JSON)."""

from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.base import Event
from contracts.value import value

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@value
class RecordedEvent(Generic[E_co]):
    """An event that an aggregate's change gave rise to, on its way to the outbox, which gives it an id and a trace.

    `version` is the aggregate's version after the change: consumers that keep state skip what is older than seen.
    """

    data: E_co
    company_id: UUID
    aggregate_id: UUID
    version: int
    occurred_at: datetime


class Envelope(BaseModel, Generic[E]):
    """An event as a consumer receives it: CloudEvents attributes, our extensions, and the typed `data`.

    `id` is the same on every redelivery and is what the inbox remembers. `time` is when it happened, not when it
    was sent. `traceparent` and `tracestate` are those of the transaction that caused the event.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str
    companyid: UUID
    aggregateversion: int
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    data: E
