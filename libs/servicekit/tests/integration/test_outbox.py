"""Events in the transaction of their cause."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from contracts.cart import CartCreated
from opentelemetry.sdk.trace import TracerProvider
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.observability.causality import caused_by
from servicekit.testing import Published, published

from .recorded_events import created


async def published_by(database: Database, company_id: UUID) -> list[Published]:
    """The events of one company."""
    return [event for event in await published(database, CartCreated) if event.company_id == company_id]


async def test_an_event_is_published_with_its_transaction(database: Database, company_id: UUID) -> None:
    """Everything a consumer needs is in the row: the event, its version, and what it was caused by."""
    recorded = created(company_id, version=7)

    with caused_by("the-cause", "the-request"):
        async with database.unit(company_id) as unit:
            await outbox.add(unit, recorded)

    [event] = await published_by(database, company_id)
    assert (event.data, event.aggregate_id, event.version) == (recorded.data, recorded.aggregate_id, 7)
    assert (event.causation_id, event.correlation_id) == ("the-cause", "the-request")


async def test_a_rolled_back_transaction_publishes_nothing(database: Database, company_id: UUID) -> None:
    """There is never an event without its cause."""

    async def fail_after_publishing() -> None:
        async with database.unit(company_id) as unit:
            await outbox.add(unit, created(company_id))
            raise RuntimeError("too late")

    with pytest.raises(RuntimeError, match="too late"):
        await fail_after_publishing()

    assert await published_by(database, company_id) == []


async def test_the_trace_of_the_cause_is_kept(database: Database, company_id: UUID) -> None:
    """The relay and the consumers continue the trace of the request."""
    tracer = TracerProvider().get_tracer("test")

    with tracer.start_as_current_span("request") as span:
        async with database.unit(company_id) as unit:
            await outbox.add(unit, created(company_id))

    [event] = await published_by(database, company_id)
    context = span.get_span_context()
    assert event.traceparent == f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


async def test_encoded_events_fit_into_a_larger_statement(database: Database, company_id: UUID) -> None:
    """The hot path writes its row and its event in one statement, and no event when no row was written."""
    notes = "WITH note AS (INSERT INTO notes VALUES ($1, $2, 'x') ON CONFLICT DO NOTHING RETURNING id) "
    statement = notes + outbox.insert_sql(first=3) + " WHERE EXISTS (SELECT FROM note)"
    note_id = new_id()

    for _ in range(2):
        async with database.unit(company_id) as unit:
            await unit.execute(statement, company_id, note_id, *outbox.encode([created(company_id)]).args)

    assert len(await published_by(database, company_id)) == 1


async def test_the_same_version_twice_is_refused(database: Database, company_id: UUID) -> None:
    """Two events of one type about one version of an aggregate are a mistake of the producer."""
    recorded = created(company_id)

    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.unit(company_id) as unit:
            await outbox.add(unit, recorded, recorded)


async def test_republishing_sends_an_event_again_under_another_id(database: Database, company_id: UUID) -> None:
    """Who had it and lost it takes it again; there is one row of it, which keeps the time at which it happened."""
    recorded = created(company_id)
    async with database.unit(company_id) as unit:
        await outbox.add(unit, recorded)
        await unit.execute("UPDATE outbox SET published_at = now(), attempts = 1")
    [before] = await published_by(database, company_id)

    async with database.unit(company_id) as unit:
        await outbox.republish(unit, replace(recorded, occurred_at=recorded.occurred_at + timedelta(days=1)))

        row = await unit.fetchrow("SELECT occurred_at, attempts FROM outbox WHERE published_at IS NULL")
    [after] = await published_by(database, company_id)
    assert row is not None
    assert tuple(row) == (recorded.occurred_at, 0)
    assert after.event_id != before.event_id
    assert replace(after, event_id=before.event_id) == before


async def test_republishing_leaves_alone_what_still_waits(database: Database, company_id: UUID) -> None:
    """It is sent in any case, and the relay may be sending it at this moment."""
    recorded = created(company_id)
    async with database.unit(company_id) as unit:
        await outbox.add(unit, recorded)
    before = await published_by(database, company_id)

    async with database.unit(company_id) as unit:
        await outbox.republish(unit, recorded)

    assert await published_by(database, company_id) == before


async def test_republishing_what_was_purged_makes_it_anew(database: Database, company_id: UUID) -> None:
    """Each time under another id: nobody can tell whether those who had it still have it."""
    recorded = created(company_id)
    ids = set()

    for _ in range(2):
        async with database.unit(company_id) as unit:
            await outbox.republish(unit, recorded)
        ids |= {event.event_id for event in await published_by(database, company_id)}
        async with database.unit(company_id) as unit:
            await unit.execute("DELETE FROM outbox")

    assert len(ids) == 2
