"""Locks of other transactions in a handler's way: the work is begun again whole, and a message is no worse for it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker
from servicekit.messaging.consuming import contention
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import Delay
from servicekit.testing import Servers, poll, running_worker, until_blocked

from .delivering import ADD, bodies, note, publish
from .recorded_events import created

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

NO_ATTEMPT_LEFT = ()
"""Delays of a message that is given up as soon as an attempt has failed."""
ONE_ATTEMPT_LEFT = (Delay("retry.test.200ms", 0.2),)
LOCK = "UPDATE notes SET body = body WHERE id = $1"


@dataclass
class Locked:
    """Two notes of a company that a handler locks, in this order, and with how many events it began each time."""

    database: Database
    company_id: UUID
    first: UUID = field(default_factory=new_id)
    second: UUID = field(default_factory=new_id)
    lock_timeout: str = "50ms"
    begun: list[int] = field(default_factory=list)

    async def make(self) -> None:
        """Commit the two notes."""
        async with self.database.unit(self.company_id) as unit:
            for note_id in (self.first, self.second):
                await unit.execute(ADD, self.company_id, note_id, "locked")

    async def handle_many(self, events: Sequence[Envelope[Any]], unit: Unit) -> None:
        """Lock both and leave a note for each event."""
        self.begun.append(len(events))
        await unit.execute(f"SET LOCAL lock_timeout = '{self.lock_timeout}'")
        await unit.execute(LOCK, self.first)
        await unit.execute(LOCK, self.second)
        for event in events:
            await note(event, unit, "handled")

    async def handle_one(self, event: Envelope[Any], unit: Unit) -> None:
        """As for many."""
        await self.handle_many([event], unit)

    async def publish(self, count: int) -> None:
        """Commit events for the handlers."""
        await publish(self.database, self.company_id, *(created(self.company_id) for _ in range(count)))

    async def until_begun(self, times: int) -> None:
        """Return when a handler has begun so many times."""

        async def has_begun() -> int:
            return len(self.begun)

        await poll(has_begun, lambda count: count >= times)

    async def until_handled(self, count: int) -> None:
        """Return when so many events were handled."""
        await poll(lambda: bodies(self.database, self.company_id), lambda notes: notes.count("handled") == count)


@pytest.fixture
async def locked(database: Database, company_id: UUID) -> Locked:
    """The two notes."""
    locked = Locked(database, company_id)
    await locked.make()
    return locked


@pytest.fixture
async def other(servers: Servers, database_url: str) -> AsyncGenerator["Connection"]:
    """Somebody else's connection to the same database, who is never the victim of a deadlock."""
    address = urlsplit(servers.postgres_url)._replace(path=urlsplit(database_url).path)
    connection = await asyncpg.connect(urlunsplit(address), server_settings={"deadlock_timeout": "60s"})
    yield connection
    await connection.close()


@asynccontextmanager
async def holding(other: "Connection", note_id: UUID) -> AsyncGenerator[None]:
    """Hold the lock of a note until the block ends."""
    async with other.transaction():
        await other.execute(LOCK, note_id)
        yield


async def test_a_batch_that_meets_a_lock_is_handled_again_whole(
    locked: Locked, other: "Connection", broker: Broker, subscriptions: Subscriptions[None]
) -> None:
    """It is not taken apart, and none of its messages loses an attempt by it."""
    subscriptions.batch(CartCreated, name="notes.many", queue="log", size=3, linger_seconds=5)(locked.handle_many)

    async with running_worker(subscriptions, locked.database, broker, delays=NO_ATTEMPT_LEFT):
        async with holding(other, locked.second):
            await locked.publish(3)
            await locked.until_begun(times=5)
        await locked.until_handled(3)

    assert set(locked.begun) == {3}
    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_a_lock_of_one_company_does_not_hold_up_another(
    locked: Locked, other: "Connection", broker: Broker, subscriptions: Subscriptions[None]
) -> None:
    """Their events are in one batch, and the company that comes first by its id has to wait."""
    later = UUID(int=new_id().int | 0xFF << 120)

    @subscriptions.batch(CartCreated, name="notes.many", queue="log", size=4, linger_seconds=5)
    async def handle(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        if any(event.companyid == locked.company_id for event in events):
            await locked.handle_many(events, unit)
        for event in events:
            await note(event, unit, "handled by company")

    async with running_worker(subscriptions, locked.database, broker, delays=NO_ATTEMPT_LEFT):
        async with holding(other, locked.second):
            async with locked.database.system_unit() as unit:
                for company in (later, locked.company_id, later, locked.company_id):
                    await outbox.add(unit, created(company))
            found = await poll(lambda: bodies(locked.database, later), lambda notes: len(notes) == 2)
        await locked.until_handled(2)

    assert found == ["handled by company"] * 2
    assert set(locked.begun) == {2}
    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_a_batch_that_was_the_victim_of_a_deadlock_is_handled_again_whole(
    locked: Locked, other: "Connection", broker: Broker, subscriptions: Subscriptions[None]
) -> None:
    """It gives way, and does its work when the other one has done its own."""
    locked.lock_timeout = "10s"
    subscriptions.batch(CartCreated, name="notes.many", queue="log", size=3, linger_seconds=5)(locked.handle_many)

    async with running_worker(subscriptions, locked.database, broker, delays=NO_ATTEMPT_LEFT):
        async with holding(other, locked.second):
            await locked.publish(3)
            await until_blocked(locked.database)
            await other.execute(LOCK, locked.first)
        await locked.until_handled(3)

    assert locked.begun == [3, 3]
    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_a_single_message_that_meets_a_lock_costs_no_attempt(
    locked: Locked, other: "Connection", broker: Broker, subscriptions: Subscriptions[None]
) -> None:
    """What holds for a batch holds for one."""
    subscriptions.on(CartCreated, name="notes.one", queue="carts")(locked.handle_one)

    async with running_worker(subscriptions, locked.database, broker, delays=NO_ATTEMPT_LEFT):
        async with holding(other, locked.second):
            await locked.publish(1)
            await locked.until_begun(times=3)
        await locked.until_handled(1)

    assert await DeadLetters(broker, subscriptions.service).list() == []


async def test_what_meets_locks_for_too_long_goes_back_to_its_queue_as_it_was(
    locked: Locked,
    other: "Connection",
    broker: Broker,
    subscriptions: Subscriptions[None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More often than there are attempts: a message waits for the lock's end, and those behind it are not held up."""
    monkeypatch.setattr(contention, "LONGEST_SECONDS", 0.0)
    subscriptions.on(CartCreated, name="notes.one", queue="carts")(locked.handle_one)
    subscriptions.batch(CartCreated, name="notes.many", queue="log", size=3, linger_seconds=0.05)(locked.handle_many)

    async with running_worker(subscriptions, locked.database, broker, delays=ONE_ATTEMPT_LEFT):
        async with holding(other, locked.second):
            await locked.publish(3)
            await locked.until_begun(times=20)
        await locked.until_handled(6)

    assert await DeadLetters(broker, subscriptions.service).list() == []
