"""An outbox row as a message: CloudEvents 1.0, structured mode, JSON."""

from typing import Any, Protocol

import orjson
from contracts.registry import EVENTS

from servicekit.messaging.broker import Message


class Row(Protocol):
    """An outbox row: its columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """The value of one column."""


COLUMNS = (
    "id, event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, dataschema, routing_key,"
    " data::text AS data, traceparent, tracestate, correlation_id, causation_id, occurred_at, now() AS sent_at"
)
"""What `message_of` needs of an outbox row; the data as text, which goes into the body as it is."""

PERSONAL_TYPES = frozenset(name for name, event in EVENTS.items() if event.personal)
"""Events whose rows are deleted once confirmed (rules.md 35)."""


def message_of(row: Row, service: str) -> Message:
    """Build the message of an outbox row; its id is the event's, whichever process sends it and however often."""
    event_id = str(row["event_id"])
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/services/{service}",
        "type": row["type"],
        "subject": str(row["aggregate_id"]),
        "time": row["occurred_at"],
        "datacontenttype": "application/json",
        "dataschema": row["dataschema"],
        "companyid": str(row["company_id"]),
        "aggregateversion": row["aggregate_version"],
        **{name: value for name, value in _causes(row).items() if value is not None},
        "data": orjson.Fragment(row["data"]),
    }
    traceparent = row["traceparent"]
    return Message(
        body=orjson.dumps(envelope),
        id=event_id,
        type=row["type"],
        sent_at=row["sent_at"],
        headers={"traceparent": traceparent} if traceparent else {},
    )


def _causes(row: Row) -> dict[str, str | None]:
    return {
        "correlationid": row["correlation_id"],
        "causationid": row["causation_id"],
        "traceparent": row["traceparent"],
        "tracestate": row["tracestate"],
    }
