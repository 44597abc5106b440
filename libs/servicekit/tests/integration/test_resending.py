"""The outbox once more: after a restore, consumers that lost an event take it, and those that have it do not."""

from datetime import datetime, timedelta
from uuid import UUID

from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.resending import count_published, resend

from .recorded_events import created


async def publish_at(database: Database, *ages: timedelta) -> tuple[list[UUID], datetime]:
    """Write an event for each age, as published so long ago; their carts, and the database's time."""
    company, carts = new_id(), [new_id() for _ in ages]
    async with database.system_unit() as unit:
        now: datetime = await unit.fetchval("SELECT now()")
    for cart, age in zip(carts, ages, strict=True):
        async with database.unit(company) as unit:
            await outbox.add(unit, created(company, cart_id=cart))
            await unit.execute("UPDATE outbox SET published_at = $1 WHERE aggregate_id = $2", now - age, cart)
    return carts, now


async def waiting(database: Database, carts: list[UUID]) -> dict[UUID, UUID]:
    """Which of these carts' events wait for the relay, with their event ids, in the outbox's order."""
    async with database.system_unit() as unit:
        rows = await unit.fetch(
            "SELECT aggregate_id, event_id FROM outbox WHERE published_at IS NULL AND aggregate_id = ANY ($1)"
            " ORDER BY id",
            carts,
        )
    return {row["aggregate_id"]: row["event_id"] for row in rows}


async def test_what_was_published_since_waits_again_under_its_own_id(database: Database) -> None:
    """What is older stays published: its consumers had it before what was lost."""
    hours = [timedelta(hours=hour) for hour in (3, 2, 1)]
    carts, now = await publish_at(database, *hours)
    async with database.system_unit() as unit:
        rows = await unit.fetch("SELECT aggregate_id, event_id FROM outbox WHERE aggregate_id = ANY ($1)", carts)
    ids = {row["aggregate_id"]: row["event_id"] for row in rows}

    counted = await count_published(database, now - hours[1])
    sent = sum([step async for step in resend(database, now - hours[1])])

    assert await waiting(database, carts) == {cart: ids[cart] for cart in carts[1:]}
    assert sent == counted >= 2


async def test_a_run_ends_though_the_relay_publishes_beside_it(database: Database) -> None:
    """What is published while it runs is not taken for what has to be published again."""
    carts, now = await publish_at(database, timedelta(hours=1))

    async for _ in resend(database, now - timedelta(hours=2)):
        async with database.system_unit() as unit:
            await unit.execute("UPDATE outbox SET published_at = clock_timestamp() WHERE published_at IS NULL")

    assert await waiting(database, carts) == {}
