"""A node that is lost, or stands still, holds nothing up: what it held goes to others, and it does no harm later."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from aio_pika.abc import AbstractIncomingMessage
from prometheus_client import REGISTRY
from servicekit.db import Database, connections
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.messaging import relay as relay_module
from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.messaging.relay import Relay
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import EVENTS
from servicekit.roles import worker as worker_module
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, make_settings, poll, running_worker, wired
from servicekit.testing.databases import PoolSettings
from servicekit.testing.processes import environment_of, free_port, running, until_ready

from .delivering import publish
from .recorded_events import created

MANY = 2_000
"""More than a relay has in flight at a time."""


@asynccontextmanager
async def deliveries(broker: Broker) -> AsyncGenerator[list[str]]:
    """The ids of all events that are delivered from now on, in their order."""
    ids: list[str] = []

    async def receive(message: AbstractIncomingMessage) -> None:
        ids.append(message.message_id or "")

    channel = await broker.channel()
    await topology.declare(channel, "notes", ())
    queue = await channel.declare_queue(f"deliveries-{new_id()}", auto_delete=True)
    await queue.bind(EVENTS, "cart.created.v1")
    await queue.consume(receive, no_ack=True)
    yield ids
    await channel.close()


async def waiting(database: Database) -> int:
    """How many events are not yet marked as sent."""
    async with database.system_unit() as unit:
        return int(await unit.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL"))


async def until_sent(database: Database) -> None:
    """Wait until every event is marked as sent."""
    await poll(lambda: waiting(database), lambda count: count == 0)


@contextmanager
def worker_process(servers: Servers, database_url: str) -> Iterator[tuple[int, int]]:
    """A worker of the notes service in a process of its own: its pid, and the port of its probes."""
    environment = environment_of(make_settings(ServiceSettings, servers, database_url))
    environment |= {"PYTHONPATH": str(Path(__file__).parents[1])}
    port = free_port()
    with running("notes", environment, "worker", "--health-port", str(port)) as process:
        yield process.pid, port
        assert process.poll() is None, "the worker ended by itself"


async def test_a_leader_that_stands_still_loses_the_lead_and_does_no_harm_when_it_goes_on(
    servers: Servers, database_url: str, database: Database, company_id: UUID, broker: Broker
) -> None:
    """It is stopped in the middle of sending; the other sends what is left, nothing overtakes, nothing comes thrice."""
    cart_id = new_id()
    events = [created(company_id, cart_id=cart_id, version=version) for version in range(1, MANY + 1)]
    async with deliveries(broker) as ids:
        with worker_process(servers, database_url) as (leader, leaders_port):
            await until_ready(leaders_port)
            await publish(database, company_id, created(company_id))
            await until_sent(database)
            with worker_process(servers, database_url) as (_, port):
                await until_ready(port)
                ids.clear()
                await publish(database, company_id, *events)
                await poll(lambda: count_of(ids), every_seconds=0.001)
                os.kill(leader, signal.SIGSTOP)
                await until_sent(database)
                os.kill(leader, signal.SIGCONT)
                await until_ready(leaders_port)
        in_order = await ids_in_order(database, cart_id)
        await poll(lambda: count_of(set(ids)), lambda count: count == MANY)

    assert list(dict.fromkeys(ids)) == in_order
    assert max(Counter(ids).values()) <= 2


async def count_of(ids: Collection[str]) -> int:
    """How many events were delivered."""
    return len(ids)


async def ids_in_order(database: Database, cart_id: UUID) -> list[str]:
    """The ids of a cart's events, by their version."""
    async with database.system_unit() as unit:
        rows = await unit.fetch(
            "SELECT event_id FROM outbox WHERE aggregate_id = $1 ORDER BY aggregate_version", cart_id
        )
    return [str(row["event_id"]) for row in rows]


async def test_a_leader_behind_a_network_that_swallows_everything_loses_the_lead(
    database_url: str, database: Database, company_id: UUID, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its session stays open at the server, and asks nothing; the server ends it, and another leads."""
    monkeypatch.setattr(relay_module, "LEAD_SECONDS", 2)
    stop = asyncio.Event()
    async with wired(database_url) as (wire, url), deliveries(broker) as ids:
        lost = await Database.open(PoolSettings(url), service="notes")
        relays = [asyncio.create_task(Relay(lost, broker, "notes").run(stop))]
        await publish(database, company_id, created(company_id))
        await until_sent(database)
        relays.append(asyncio.create_task(Relay(database, broker, "notes").run(stop)))

        wire.stall()
        await publish(database, company_id, created(company_id))
        await until_sent(database)

        stop.set()
        wire.mend()
        await asyncio.gather(*relays)
        await lost.close()
        assert len(set(ids)) == 2


async def test_a_transaction_that_stands_still_gives_its_locks_back(
    database_url: str, database: Database, company_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process was stopped between two statements; meanwhile one that runs a long job keeps the job's name."""
    monkeypatch.setattr(connections, "IDLE_IN_TRANSACTION_SECONDS", 1)
    standing = await Database.open(PoolSettings(database_url), service="notes")

    async with standing.exclusive("long job") as first:
        # Which of them depends on whether the client has heard of the end already.
        gone = (asyncpg.IdleInTransactionSessionTimeoutError, asyncpg.InternalClientError, asyncpg.InterfaceError)
        with pytest.raises(gone) as ended:
            await stand_still(standing, database)
        async with database.exclusive("long job") as second:
            assert (first, second) == (True, False)

    assert is_unavailable(ended.value)
    await standing.close()


async def stand_still(standing: Database, other: Database) -> None:
    """Take a lock and ask nothing more until the other has it; then go on."""
    lock = "SELECT pg_advisory_xact_lock(1)"
    async with standing.system_unit() as unit:
        await unit.execute(lock)
        await poll(lambda: is_free(other, lock))
        await unit.execute("SELECT 1")


async def is_free(database: Database, lock: str) -> bool:
    """Whether a lock can be had."""
    try:
        async with database.system_unit() as unit:
            await unit.execute(lock)
    except asyncpg.LockNotAvailableError:
        return False
    return True


async def test_both_kernels_watch_a_connection(database: Database) -> None:
    """A node that is gone answers no probe, and acknowledges no data: half a minute, not two hours."""
    async with database.system_unit() as unit:
        settings = {name: await unit.fetchval(f"SHOW {name}") for name in ("tcp_keepalives_idle", "tcp_user_timeout")}
        peer = unit.connection._con._transport.get_extra_info("socket")

        assert settings == {"tcp_keepalives_idle": "10", "tcp_user_timeout": "25000"}
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 25_000


async def test_every_worker_measures_the_outbox(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leader that stands still measures nothing, and its last measure was zero."""
    monkeypatch.setattr(worker_module, "MEASURE_SECONDS", 0.05)
    other = await asyncpg.connect(database.direct_url)
    await other.execute("SELECT pg_advisory_lock(hashtextextended('relay', 0))")

    async def age() -> float:
        return REGISTRY.get_sample_value("outbox_oldest_seconds") or 0

    async with running_worker(subscriptions, database, broker):
        await publish(database, company_id, created(company_id))
        assert await poll(age)
        await other.close()
        await poll(age, lambda seconds: seconds == 0)
