"""DATABASE_DIRECT_URL leads past a transaction pooler: what a session has to hold goes there, and nothing else."""

import asyncio
from uuid import UUID

import pytest
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging.broker import Broker
from servicekit.testing import Servers, poll
from servicekit.testing.databases import PoolSettings

from .command_line import environment, run
from .delivering import publish
from .recorded_events import created
from .test_draining import ids_in_order, ids_of, listening, outbox_counts, relaying

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


async def test_the_relay_leads_and_reads_by_the_direct_address(
    database: Database, database_url: str, company_id: UUID, broker: Broker
) -> None:
    """Its lock belongs to a session: events are published though nothing is at the pooler's address."""
    pooled = await Database.open(PoolSettings(NOWHERE, database_direct_url=database_url), service="notes")
    await publish(database, company_id, created(company_id, cart_id=new_id(), version=1))

    async with listening(broker) as queue, relaying(pooled, broker):
        await poll(lambda: outbox_counts(database, company_id), lambda counts: counts[0] == 0)
        arrived = await ids_of(queue)
    await pooled.close()

    assert arrived == await ids_in_order(database, company_id)


async def test_units_go_to_the_pooler(database_url: str, company_id: UUID) -> None:
    """A transaction is what it is for: with nothing at the direct address, units work."""
    pooled = await Database.open(PoolSettings(database_url, database_direct_url=NOWHERE), service="notes")

    async with pooled.unit(company_id) as unit:
        assert await unit.fetchval("SELECT 1") == 1
    await pooled.close()


async def test_names_are_held_past_the_pooler(database_url: str) -> None:
    """A name that a job holds takes no connection of the pooler: with nothing at its address, a name is taken."""
    pooled = await Database.open(PoolSettings(NOWHERE, database_direct_url=database_url), service="notes")

    async with pooled.exclusive("a name") as mine, pooled.exclusive("a name") as second:
        assert (mine, second) == (True, False)
    await pooled.close()


@pytest.mark.parametrize("command", ["migrate", "verify-database"])
async def test_migrations_go_to_the_direct_address(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str, command: str
) -> None:
    """They lock by session and alter tables; what compares the result asks there too."""
    env = {**environment(servers, NOWHERE), "DATABASE_DIRECT_URL": database_url}

    ran = await asyncio.to_thread(run, monkeypatch, env, command)

    assert ran.exit_code == 0, ran.output
