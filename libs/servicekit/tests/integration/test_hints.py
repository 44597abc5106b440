"""What a service may say to its other processes: only what is committed, and again when it is not sure."""

import asyncio
from typing import Any
from uuid import UUID

from contracts.cart import CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, TenantUnit
from servicekit.messaging.broker import Broker
from servicekit.messaging.relay import Relay
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.testing import Servers, deliver, envelope_of, poll
from servicekit.testing.proxies import wired

from .delivering import bodies, note, publish
from .recorded_events import created


async def test_rows_are_observed_once_they_are_committed_even_without_a_broker(
    servers: Servers, database: Database, company_id: UUID
) -> None:
    """Whoever shows what has happened need not wait until it is published."""
    observed: list[UUID] = []

    def observe(rows: Any) -> None:
        observed.extend(row["company_id"] for row in rows)

    stop = asyncio.Event()
    async with wired(servers.rabbitmq_url) as (wire, url):
        broker = await Broker.connect(url, name="tests of hints", within=30)
        wire.stall()
        relaying = asyncio.create_task(Relay(database, broker, "notes", observe).run(stop))
        await publish(database, company_id, created(company_id))

        async def is_observed() -> bool:
            return company_id in observed

        await poll(is_observed)
        wire.mend()
        stop.set()
        await relaying
        await broker.close()


async def test_what_follows_a_handler_follows_its_commit(database: Database, company_id: UUID) -> None:
    """With the parts of the worker; again with a second delivery, because the first may have died before it."""
    subscriptions = Subscriptions[str]("hints")
    looking: list[asyncio.Task[list[str]]] = []

    def hint(parts: str, event: Envelope[Any]) -> None:
        looking.append(asyncio.ensure_future(bodies(database, event.companyid)))

    @subscriptions.on(CartCreated, name="hints.noted", queue="hints", afterwards=hint)
    async def noted(event: Envelope[CartCreated], unit: TenantUnit) -> None:
        await note(event, unit, "noted")

    event = envelope_of(created(company_id))
    await deliver(subscriptions, event.model_copy(update={"id": event.id}), database)
    subscriptions.bind("parts")
    for _ in range(2):
        await deliver(subscriptions, event, database)

    assert await asyncio.gather(*looking) == [["noted"], ["noted"]]
