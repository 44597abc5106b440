"""The outbox: an event is a row in the transaction of its cause, so that there is never one without the other.

Bump the aggregate's row before adding its event (in one statement with CTEs: select the event from the bump's
RETURNING), so that outbox ids follow commit order per aggregate. The relay publishes; nothing here talks to the broker.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from contracts.envelope import RecordedEvent
from contracts.schema_ids import PREFIX
from contracts.value import value
from opentelemetry import trace

from servicekit.db import Unit
from servicekit.db.row_sets import RowSet
from servicekit.ids import new_id
from servicekit.observability import causality

_COLUMNS = (
    "event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, data, occurred_at,"
    " dataschema, routing_key, traceparent, tracestate, correlation_id, causation_id"
)
_EVENTS = RowSet(
    (
        ("event_id", "uuid"),
        ("company_id", "uuid"),
        ("aggregate", "text"),
        ("id", "uuid"),
        ("version", "bigint"),
        ("type", "text"),
        ("data", "text"),
        ("at", "timestamptz"),
    )
)


_SAME = "(o.aggregate_type, o.aggregate_id, o.aggregate_version, o.type) = (e.aggregate, e.id, e.version, e.type)"


@lru_cache(maxsize=32)
def insert_sql(first: int = 1, *, single: bool = False) -> str:
    """The INSERT of encoded events, or of a single one, its parameters numbered from `first`.

    It ends in its FROM clause, so a statement that holds it as a CTE may append `WHERE EXISTS (SELECT FROM bumped)`.
    """
    causes = ", ".join(f"${first + len(_EVENTS.columns) + index}::text" for index in range(4))
    return (
        f"INSERT INTO outbox ({_COLUMNS})"
        f" SELECT event_id, company_id, aggregate, id, version, type, data::jsonb, at,"
        f" '{PREFIX}' || type, type, {causes}"
        f" FROM {_EVENTS.sql('event', first, single=single)}"
    )


@value
class OutboxRows:
    """Recorded events as arguments of `insert_sql`, with the trace and the causes that all of them have."""

    rows: list[tuple[object, ...]]
    causes: tuple[str | None, str | None, str | None, str | None]

    SQL = insert_sql()
    """`insert_sql` with its parameters numbered from 1."""

    @property
    def args(self) -> tuple[object, ...]:
        """For any number of events."""
        return self._args(single=False)

    @property
    def single_args(self) -> tuple[object, ...]:
        """For `insert_sql(single=True)`; raises ValueError unless it is one event."""
        return self._args(single=True)

    def _args(self, *, single: bool) -> tuple[object, ...]:
        return *_EVENTS.args(self.rows, single=single), *self.causes


_REPUBLISH = f"""
WITH sent AS (
    SELECT o.id AS row, e.event_id, e.data
    FROM {_EVENTS.sql("e", 1, single=False)} JOIN outbox AS o ON {_SAME}
    WHERE o.published_at IS NOT NULL ORDER BY o.id FOR UPDATE OF o
), again AS (
    UPDATE outbox AS o SET event_id = sent.event_id, data = sent.data::jsonb, published_at = NULL, attempts = 0,
        last_error = NULL
    FROM sent WHERE o.id = sent.row
)
{OutboxRows.SQL} ON CONFLICT ON CONSTRAINT outbox_fact_key DO NOTHING
"""


def encode(events: Sequence[RecordedEvent[Any]]) -> OutboxRows:
    """Give each event an event id, and all of them the current trace and causes, for one INSERT."""
    rows: list[tuple[object, ...]] = [
        (
            new_id(),
            event.company_id,
            event.data.aggregate,
            event.aggregate_id,
            event.version,
            event.data.type,
            event.data.model_dump_json(by_alias=True),
            event.occurred_at,
        )
        for event in events
    ]
    return OutboxRows(rows, (*_trace_context(), causality.correlation_id.get(), causality.causation_id.get()))


async def add(unit: Unit, *events: RecordedEvent[Any]) -> None:
    """Publish events when this transaction commits.

    Raises asyncpg.UniqueViolationError for a second event of the same type and version of one aggregate: what happened
    without a new version of the aggregate needs an aggregate, or a version, of its own.
    """
    if events:
        await unit.execute(OutboxRows.SQL, *encode(events).args)


async def republish(unit: Unit, *events: RecordedEvent[Any]) -> None:
    """Publish events again under event ids of now, so that also those who had them, and lost them, take them.

    At most one event per aggregate and type. What is still in the outbox keeps the time at which it happened; what has
    not been sent yet is left as it is. Consumers compare versions, or the key of aggregate, version and type: to have
    the same event under another id changes nothing for them.
    """
    if events:
        await unit.execute(_REPUBLISH, *encode(events).args)


async def count_waiting(unit: Unit, at_most: int) -> int:
    """How many events wait for the relay; counts to `at_most`."""
    waiting: int = await unit.fetchval(
        "SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT $1) AS waiting", at_most
    )
    return waiting


def _trace_context() -> tuple[str | None, str | None]:
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        return None, None
    parent = f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"
    return parent, span.trace_state.to_header() or None
