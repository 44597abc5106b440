"""Broker and database go away and come back: nothing is lost, nothing happens twice, nobody is blamed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit, database
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.testing import Servers, Wire, poll, running_worker, wired
from servicekit.testing.databases import PoolSettings

from .recorded_events import created

ADD = "INSERT INTO notes (company_id, id, body) VALUES ($1, $2, $3)"


@pytest.fixture
async def broker_wire(servers: Servers) -> AsyncGenerator[tuple[Wire, Broker]]:
    """A broker's connection of one's own, through a wire."""
    async with wired(servers.rabbitmq_url) as (wire, url):
        broker = await Broker.connect(url, name="wired", within=30)
        yield wire, broker
        wire.mend()
        await broker.close()


@pytest.fixture
async def database_wire(database_url: str) -> AsyncGenerator[tuple[Wire, Database]]:
    """A database's pool of one's own, through a wire."""
    async with wired(database_url) as (wire, url):
        database = await Database.open(PoolSettings(url), service="notes")
        yield wire, database
        wire.mend()
        await database.close()


def listening(subscriptions: Subscriptions[None]) -> Subscriptions[None]:
    """A handler and a batch handler, each leaving a note with the cart's id."""

    @subscriptions.on(CartCreated, name="notes.one", queue="carts")
    async def one(event: Envelope[CartCreated], unit: Unit) -> None:
        await unit.execute(ADD, event.companyid, new_id(), f"one {event.subject}")

    @subscriptions.batch(CartCreated, name="notes.many", queue="log", size=20, linger_seconds=0.05)
    async def many(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        await unit.executemany(ADD, [(event.companyid, new_id(), f"many {event.subject}") for event in events])

    return subscriptions


async def publish_slowly(database: Database, company_id: UUID, count: int) -> set[str]:
    """Commit events one by one, so that some of them fall into an outage; the notes that must come of them."""
    expected = set()
    for _ in range(count):
        recorded = created(company_id)
        async with database.unit(company_id) as unit:
            await outbox.add(unit, recorded)
        expected |= {f"one {recorded.aggregate_id}", f"many {recorded.aggregate_id}"}
        await asyncio.sleep(0.002)
    return expected


async def notes_of(database: Database, company_id: UUID) -> list[str]:
    """The notes that handlers left for a company."""
    async with database.unit(company_id) as unit:
        return [row["body"] for row in await unit.fetch("SELECT body FROM notes")]


async def test_events_survive_a_broker_that_goes_away_again_and_again(
    database: Database, company_id: UUID, broker_wire: tuple[Wire, Broker], subscriptions: Subscriptions
) -> None:
    """Every committed event takes effect exactly once, whatever was on the wire when it broke."""
    wire, broker = broker_wire

    async with running_worker(listening(subscriptions), database, broker):
        publishing = asyncio.create_task(publish_slowly(database, company_id, 300))
        for _ in range(3):
            await asyncio.sleep(0.15)
            wire.cut()
            await asyncio.sleep(0.05)
            wire.mend()
        expected = await publishing
        await poll(lambda: notes_of(database, company_id), lambda notes: set(notes) >= expected)

    assert sorted(await notes_of(database, company_id)) == sorted(expected)


async def test_events_survive_a_database_that_goes_away(
    database: Database,
    company_id: UUID,
    broker: Broker,
    database_wire: tuple[Wire, Database],
    subscriptions: Subscriptions[None],
) -> None:
    """Relay and handlers wait for it; no attempt is counted and nothing is dead-lettered."""
    wire, wired_database = database_wire

    async with running_worker(listening(subscriptions), wired_database, broker):
        publishing = asyncio.create_task(publish_slowly(database, company_id, 200))
        for _ in range(2):
            await asyncio.sleep(0.1)
            wire.cut()
            await asyncio.sleep(0.3)
            wire.mend()
        expected = await publishing
        await poll(lambda: notes_of(database, company_id), lambda notes: set(notes) >= expected)

    assert sorted(await notes_of(database, company_id)) == sorted(expected)
    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_a_silent_broker_is_a_failure_in_time(
    broker_wire: tuple[Wire, Broker], subscriptions: Subscriptions
) -> None:
    """Under a memory alarm a broker stops reading; a publish must not hang with it, and works when it is over."""
    wire, broker = broker_wire
    message = Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC))
    channel = await broker.channel()
    queue = await channel.declare_queue(exclusive=True)
    wire.stall()

    with pytest.raises(PublishFailed, match=r"within 0\.2 s"):
        await broker.publish(message, exchange="", routing_key=queue.name, timeout=0.2)
    wire.mend()
    await broker.publish(message, exchange="", routing_key=queue.name)


async def test_a_message_without_a_queue_is_a_failure(broker: Broker) -> None:
    """The broker would drop it silently; instead it raises."""
    message = Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC))

    with pytest.raises(PublishFailed, match="no queue"):
        await broker.publish(message, exchange="", routing_key="nowhere")


async def test_a_database_that_is_away_is_known_from_a_statement_that_fails(
    company_id: UUID, database_wire: tuple[Wire, Database]
) -> None:
    """The first may be tried again as it is; the second is somebody's mistake."""
    wire, database = database_wire

    mistake = await failure_of(database, company_id, "SELECT 1 / 0")
    wire.cut()
    absence = await failure_of(database, company_id, "SELECT 1")

    assert isinstance(mistake, asyncpg.DivisionByZeroError)
    assert not is_unavailable(mistake)
    assert is_unavailable(absence)


async def failure_of(database: Database, company_id: UUID, sql: str) -> Exception:
    """What a unit with this statement raises."""
    try:
        async with database.unit(company_id) as unit:
            await unit.execute(sql)
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


async def test_a_database_that_stands_still_keeps_no_process_from_its_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not say goodbye; it is left without."""
    monkeypatch.setattr(database, "CLOSE_SECONDS", 0.2)
    async with wired(database_url) as (wire, url):
        stopped = await Database.open(PoolSettings(url), service="notes")
        await stopped.ping()
        wire.stall()

        await asyncio.wait_for(stopped.close(), 60)
