"""Reading what a service has published, and publishing its state again, without a broker."""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.base import Event
from contracts.registry import EVENTS

from servicekit.db import Database
from servicekit.messaging.republishing import PublishedState, republish


@dataclass(frozen=True, slots=True)
class Published:
    """An outbox row, its data read back into the event's class."""

    event_id: UUID
    company_id: UUID
    aggregate_id: UUID
    version: int
    data: Event
    traceparent: str | None
    correlation_id: str | None
    causation_id: str | None
    transaction: int = field(compare=False)
    """The id of the transaction that wrote the row last; two readings of one event are equal whatever it is."""


async def published(database: Database, *types: type[Event]) -> list[Published]:
    """Return every event of these types (of all types when none is named) in the outbox, in the order of publishing."""
    async with database.system_unit() as unit:
        rows = await unit.fetch(
            "SELECT event_id, company_id, aggregate_id, aggregate_version AS version, type, data,"
            " traceparent, correlation_id, causation_id, xmin::text::bigint AS transaction"
            " FROM outbox WHERE cardinality($1::text[]) = 0 OR type = ANY ($1) ORDER BY id",
            [event.type for event in types],
        )
    return [
        Published(data=EVENTS[kind].model_validate(data), **columns)
        for kind, data, columns in ((row.pop("type"), row.pop("data"), row) for row in map(dict, rows))
    ]


async def republish_all(database: Database, state: PublishedState, company_id: UUID | None = None) -> int:
    """Publish the state again, of one company or of all, as the command does; return how many events that wrote."""
    written = 0
    async for progress in republish(database, state, company_id=company_id):
        written = progress.events
    return written
