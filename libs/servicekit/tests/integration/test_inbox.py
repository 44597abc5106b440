"""Effects that happen once."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from contracts.cart import CartCreated, CartViewed
from contracts.envelope import Envelope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.db import Database, Unit
from servicekit.ids import new_id
from servicekit.messaging import inbox
from servicekit.messaging.subscriptions import SubscriptionConflict, Subscriptions
from servicekit.testing import deliver, envelope_of

from .delivering import ADD, bodies
from .recorded_events import created, viewed


def note_taker() -> Subscriptions[None]:
    """A service whose handlers leave a note for each event."""
    subscriptions = Subscriptions[None]("notes")

    @subscriptions.on(CartCreated, name="notes.write_down", queue="carts")
    async def write_down(event: Envelope[CartCreated], unit: Unit) -> None:
        await unit.execute(ADD, event.companyid, new_id(), "one by one")

    @subscriptions.batch(CartCreated, CartViewed, name="notes.collect", queue="log")
    async def collect(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        await unit.executemany(ADD, [(event.companyid, new_id(), "in a batch") for event in events])

    return subscriptions


async def test_each_handler_sees_an_event_once(database: Database, company_id: UUID) -> None:
    """A redelivery runs nobody again; every handler of the event ran the first time."""
    subscriptions, event = note_taker(), envelope_of(created(company_id))

    assert await deliver(subscriptions, event, database) == ["notes.write_down", "notes.collect"]
    assert await deliver(subscriptions, event, database) == []

    assert await bodies(database, company_id) == ["in a batch", "one by one"]


async def test_a_failed_effect_is_not_remembered(database: Database, company_id: UUID) -> None:
    """The inbox row goes with the effect: a retry runs the handler again."""
    subscriptions = Subscriptions[None]("notes")
    attempts: list[UUID] = []

    @subscriptions.on(CartCreated, name="notes.fail_once", queue="carts")
    async def fail_once(event: Envelope[CartCreated], unit: Unit) -> None:
        attempts.append(event.id)
        await unit.execute(ADD, event.companyid, new_id(), f"attempt {len(attempts)}")
        if len(attempts) == 1:
            raise RuntimeError("not yet")

    event = envelope_of(created(company_id))
    with pytest.raises(RuntimeError, match="not yet"):
        await deliver(subscriptions, event, database)
    await deliver(subscriptions, event, database)

    assert await bodies(database, company_id) == ["attempt 2"]


async def test_deliveries_at_the_same_moment_take_effect_once(database: Database, company_id: UUID) -> None:
    """Two workers that hold the same event do not both apply it."""
    subscriptions, event = note_taker(), envelope_of(created(company_id))

    await asyncio.gather(*(deliver(subscriptions, event, database) for _ in range(5)))

    assert await bodies(database, company_id) == ["in a batch", "one by one"]


async def test_a_handler_works_for_the_tenant_of_the_event(database: Database, company_id: UUID) -> None:
    """A handler cannot touch another company's rows."""
    subscriptions = Subscriptions[None]("notes")
    tenants: list[UUID | None] = []

    @subscriptions.on(CartViewed, name="notes.look", queue="carts")
    async def look(_: Envelope[CartViewed], unit: Unit) -> None:
        tenants.append(unit.company_id)

    await deliver(subscriptions, viewed(company_id), database)

    assert tenants == [company_id]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(versions=st.lists(st.integers(min_value=1, max_value=20), min_size=1, max_size=12))
async def test_only_newer_versions_are_applied(database: Database, versions: list[int]) -> None:
    """Whatever the order of delivery, the state kept is that of the newest version seen, and it never goes back."""
    aggregate_id, applied = new_id(), []

    for version in versions:
        async with database.system_unit() as unit:
            if await inbox.is_newer(unit, consumer="notes", aggregate_id=aggregate_id, version=version):
                applied.append(version)

    assert applied == sorted(set(applied))
    assert applied[-1] == max(versions)


def test_two_handlers_cannot_share_a_name() -> None:
    """The inbox would take one for the other."""
    subscriptions = note_taker()

    with pytest.raises(SubscriptionConflict, match=r"notes\.write_down"):
        subscriptions.on(CartViewed, name="notes.write_down", queue="other")(lambda event, unit: asyncio.sleep(0))


def test_a_batch_has_its_queue_alone() -> None:
    """A queue is acknowledged by one consumer: one by one or in batches."""
    subscriptions = note_taker()

    with pytest.raises(SubscriptionConflict, match=r"notes\.collect"):
        subscriptions.on(CartViewed, name="notes.more", queue="log")(lambda event, unit: asyncio.sleep(0))
    with pytest.raises(SubscriptionConflict, match=r"notes\.carts"):
        subscriptions.batch(CartViewed, name="notes.more", queue="carts")(lambda events, unit: asyncio.sleep(0))
