"""The outbox: an event is a row in the transaction of its cause, so that there is never one without the other.

Bump the aggregate's row before adding its event (in one statement with CTEs: select the event from the bump's
RETURNING), so that outbox ids follow commit order per aggregate. The relay publishes; nothing here talks to the broker.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.envelope import RecordedEvent
from contracts.schema_ids import PREFIX
from opentelemetry import trace

from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.observability import causality

_COLUMNS = (
    "event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, data, occurred_at,"
    " dataschema, routing_key, traceparent, tracestate, correlation_id, causation_id"
)
_ARRAYS = ("uuid[]", "uuid[]", "text[]", "uuid[]", "bigint[]", "text[]", "text[]", "timestamptz[]")
_SEND_AGAIN = (
    " ON CONFLICT ON CONSTRAINT outbox_fact_key DO UPDATE SET published_at = NULL, attempts = 0, last_error = NULL"
)


@lru_cache(maxsize=32)
def insert_sql(first: int = 1) -> str:
    """The INSERT of encoded events, its parameters numbered from `first`.

    It ends in its FROM clause, so a statement that holds it as a CTE may append `WHERE EXISTS (SELECT FROM bumped)`.
    """
    arrays = ", ".join(f"${first + index}::{kind}" for index, kind in enumerate(_ARRAYS))
    scalars = ", ".join(f"${first + len(_ARRAYS) + index}::text" for index in range(4))
    return (
        f"INSERT INTO outbox ({_COLUMNS})"
        f" SELECT event_id, company_id, aggregate, id, version, type, data::jsonb, at,"
        f" '{PREFIX}' || type, type, {scalars}"
        f" FROM unnest({arrays}) AS event (event_id, company_id, aggregate, id, version, type, data, at)"
    )


@dataclass(frozen=True, slots=True)
class OutboxRows:
    """Recorded events as arguments of `insert_sql`: eight arrays of equal length, then trace and causality."""

    args: tuple[object, ...]

    SQL = insert_sql()
    """`insert_sql` with its parameters numbered from 1."""


def encode(events: Sequence[RecordedEvent[Any]]) -> OutboxRows:
    """Give each event an event id, and all of them the current trace and causes, for one INSERT."""
    return _encode(events, lambda _: new_id())


async def add(unit: Unit, *events: RecordedEvent[Any]) -> None:
    """Publish events when this transaction commits.

    Raises asyncpg.UniqueViolationError for a second event of the same type and version of one aggregate: what happened
    without a new version of the aggregate needs an aggregate, or a version, of its own.
    """
    if events:
        await unit.execute(OutboxRows.SQL, *encode(events).args)


async def republish(unit: Unit, *events: RecordedEvent[Any]) -> None:
    """Publish events again, for a new consumer or an empty replica; idempotent.

    At most one event per aggregate and type. One still in the outbox is sent again under its own id, which those who
    had it ignore; an older one gets an id made of its type, aggregate and version, however often it is republished.
    """
    if events:
        await unit.execute(OutboxRows.SQL + _SEND_AGAIN, *_encode(events, _lasting_id).args)


def _encode(events: Sequence[RecordedEvent[Any]], make_id: Callable[[RecordedEvent[Any]], UUID]) -> OutboxRows:
    traceparent, tracestate = _trace_context()
    return OutboxRows(
        (
            [make_id(event) for event in events],
            [event.company_id for event in events],
            [event.data.aggregate for event in events],
            [event.aggregate_id for event in events],
            [event.version for event in events],
            [event.data.type for event in events],
            [event.data.model_dump_json(by_alias=True) for event in events],
            [event.occurred_at for event in events],
            traceparent,
            tracestate,
            causality.correlation_id.get(),
            causality.causation_id.get(),
        )
    )


def _lasting_id(event: RecordedEvent[Any]) -> UUID:
    return uuid5(NAMESPACE_URL, f"{PREFIX}{event.data.type}:{event.aggregate_id}:{event.version}")


def _trace_context() -> tuple[str | None, str | None]:
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        return None, None
    parent = f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"
    return parent, span.trace_state.to_header() or None
