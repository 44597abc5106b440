"""Clusters: an address with several hosts, of which some are gone, silent or standbys."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from aio_pika import RobustConnection
from servicekit.db import connections
from servicekit.db.database import is_unavailable
from servicekit.ids import new_id
from servicekit.messaging import broker as broker_module
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.testing import Servers, Wire, poll, wired
from servicekit.testing.processes import free_port

GONE = "gone"


def over(*urls: str) -> str:
    """One address of several hosts, GONE being one where nobody listens."""
    known = next(url for url in urls if url != GONE)
    account = urlsplit(known).netloc.rpartition("@")[0]
    hosts = [f"127.0.0.1:{free_port()}" if url == GONE else urlsplit(url).netloc.rpartition("@")[2] for url in urls]
    return urlunsplit(urlsplit(known)._replace(netloc=f"{account}@{','.join(hosts)}"))


@asynccontextmanager
async def two_wires(url: str) -> AsyncGenerator[tuple[Wire, Wire, str]]:
    """Two ways to one server, as if it were two, and the address that names both."""
    async with wired(url) as (one, first), wired(url) as (two, second):
        yield one, two, over(first, second)


async def test_postgresql_is_found_behind_hosts_that_are_gone_or_silent(database_url: str) -> None:
    """Each host has a time of its own: a first one that swallows everything must not use up all of it."""
    async with two_wires(database_url) as (silent, _, both):
        silent.stall()
        connection = await connections.connect(over(GONE, both), timeout=2)

        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()


async def test_who_gave_up_on_a_silent_host_gets_another_one(database_url: str) -> None:
    """A request waits for less long than a host may be silent; the next one begins where that one ended."""
    async with two_wires(database_url) as (silent, _, both):
        silent.stall()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await connections.connect(both, timeout=30)

        connection = await connections.connect(both, timeout=30)
        await connection.close()


async def test_a_server_that_only_reads_is_passed_by(database_url: str) -> None:
    """A standby refuses to be written to; with none that takes writes, the database is away for now."""
    owner = await asyncpg.connect(database_url)
    name = await owner.fetchval("SELECT current_database()")
    await owner.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        with pytest.raises(asyncpg.TargetServerAttributeNotMatched) as refused:
            await connections.connect(f"{database_url}?target_session_attrs=read-write", timeout=30)
    finally:
        await owner.execute("SET default_transaction_read_only = off")
        await owner.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        await owner.close()

    assert is_unavailable(refused.value)


async def test_a_broker_goes_on_at_another_node(servers: Servers) -> None:
    """A node that is gone from the beginning, and one that is lost later, cost a moment each."""
    async with two_wires(servers.rabbitmq_url) as (one, two, both):
        broker = await Broker.connect(over(GONE, both), name="cluster", within=30)
        queue = await (await broker.channel()).declare_queue(f"cluster-{new_id()}", auto_delete=True)

        for lost, whole in ((one, two), (two, one)):
            whole.mend()
            lost.cut()
            assert await poll(lambda: arrives(broker, queue.name))
        await broker.close()


async def arrives(broker: Broker, queue: str) -> bool:
    """Whether a message can be published."""
    message = Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC))
    try:
        await broker.publish(message, exchange="", routing_key=queue)
    except PublishFailed:
        return False
    return True


async def test_a_broker_that_is_lost_while_a_process_starts_is_waited_for(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first connection may be gone before the second one is there: the process must not end by that."""
    async with wired(servers.rabbitmq_url) as (wire, url):
        opened = broker_module._connection

        def losing(address: str, name: str) -> RobustConnection:
            connection = opened(address, name)
            if name.endswith("publishing"):
                return connection
            connect = connection.connect

            async def connect_late(timeout: float | None = None) -> None:  # noqa: ASYNC109  # the library's own
                await connect(timeout)
                monkeypatch.setattr(broker_module, "_connection", opened)
                wire.cut()
                await poll(lambda: is_lost(connection))
                wire.mend()

            monkeypatch.setattr(connection, "connect", connect_late)
            return connection

        monkeypatch.setattr(broker_module, "_connection", losing)
        broker = await Broker.connect(url, name="starting", within=30)

        assert await poll(lambda: is_up(broker))
        await broker.close()


async def is_lost(connection: RobustConnection) -> bool:
    """Whether the connection has noticed."""
    return not connection.connected.is_set()


async def is_up(broker: Broker) -> bool:
    """Whether both connections are there."""
    return broker.is_ready
