"""When a message cannot be handled: it is tried again, then kept as a dead letter, and those behind it pass."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.cart import CartContactSet, CartContactSetV1, CartCreated
from contracts.envelope import Envelope
from servicekit.db import Database, Unit
from servicekit.ids import new_id
from servicekit.messaging.broker import Broker
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions, Unprocessable
from servicekit.testing import envelope_of, poll

from .conftest import Working
from .delivering import bodies, message_with, note, publish
from .recorded_events import contact_set, created, readable_contact_set, viewed


async def test_a_poisoned_message_is_dead_lettered_and_those_behind_it_pass(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """It is tried as often as there are delays, and one time more; then it is kept with the reason."""
    attempts: dict[UUID, int] = {}
    poisoned = created(company_id)

    @subscriptions.on(CartCreated, name="notes.choke", queue="carts")
    async def choke(event: Envelope[CartCreated], unit: Unit) -> None:
        attempts[event.subject] = attempts.get(event.subject, 0) + 1
        if event.subject == poisoned.aggregate_id:
            raise RuntimeError("indigestible")
        await note(event, unit, "other")

    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await publish(database, company_id, created(company_id), poisoned, created(company_id))
        [dead_letter] = await poll(dead_letters.list)

    assert await bodies(database, company_id) == ["other", "other"]
    assert sorted(attempts.values()) == [1, 1, 3]
    assert (dead_letter.queue, dead_letter.handlers) == (f"{subscriptions.service}.carts", "notes.choke")
    assert (dead_letter.attempts, dead_letter.error) == (3, "RuntimeError: indigestible")
    assert (dead_letter.routing_key, dead_letter.event_type) == ("cart.created.v1", "cart.created.v1")
    assert dead_letter.first_failed_at < dead_letter.last_failed_at


async def test_only_the_bad_event_of_a_batch_is_given_up(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """The others of its batch are handled, once each."""
    poisoned = created(company_id)

    @subscriptions.batch(CartCreated, name="notes.choke_on_one", queue="log", linger_seconds=0.2)
    async def choke_on_one(events: Sequence[Envelope[Any]], unit: Unit) -> None:
        for event in events:
            await note(event, unit, "other")
            if event.subject == poisoned.aggregate_id:
                raise Unprocessable("not like this")

    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await publish(database, company_id, created(company_id), poisoned, created(company_id))
        [dead_letter] = await poll(dead_letters.list)
        await poll(lambda: bodies(database, company_id), lambda notes: len(notes) == 2)

    assert (dead_letter.attempts, dead_letter.error) == (1, "Unprocessable: not like this")
    assert await bodies(database, company_id) == ["other", "other"]


async def test_a_retry_runs_only_the_handler_that_failed(
    database: Database, company_id: UUID, subscriptions: Subscriptions[None], working: Working
) -> None:
    """Two handlers on one queue do not repeat each other's effects."""
    tries: list[int] = []

    @subscriptions.on(CartCreated, name="notes.steady", queue="carts")
    async def steady(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, "steady")

    @subscriptions.on(CartCreated, name="notes.shaky", queue="carts")
    async def shaky(event: Envelope[CartCreated], unit: Unit) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("once")
        await note(event, unit, "shaky")

    async with working(subscriptions):
        await publish(database, company_id, created(company_id))
        await poll(lambda: bodies(database, company_id), lambda notes: "shaky" in notes)

    assert await bodies(database, company_id) == ["shaky", "steady"]


async def test_what_cannot_be_read_is_dead_lettered_at_once(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """No retry helps a broken body or an unknown type, and none of them stops the queue."""

    @subscriptions.on(CartCreated, name="notes.reader", queue="carts")
    async def reader(event: Envelope[CartCreated], unit: Unit) -> None:
        await note(event, unit, "read")

    queue, good = f"{subscriptions.service}.carts", envelope_of(created(company_id))
    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        for message in (
            message_with(good, id=str(new_id()), body=b"{"),
            message_with(good, id=str(new_id()), type="cart.teleported.v1"),
            message_with(envelope_of(viewed(company_id))),
            message_with(good),
        ):
            await broker.publish(message, exchange="", routing_key=queue)
        kept = await poll(dead_letters.list, lambda found: len(found) == 3)
        await poll(lambda: bodies(database, company_id))

    assert sorted(dead_letter.error for dead_letter in kept) == [
        "ValidationError: does not fit at body",
        "no handler for cart.viewed.v1 here",
        "unknown event type cart.teleported.v1",
    ]
    assert {dead_letter.attempts for dead_letter in kept} == {1}


async def test_a_dead_letter_is_replayed_once_its_cause_is_gone(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """Replaying leaves no dead letter behind, and the event takes effect as if it had never failed."""
    broken = asyncio.Event()
    broken.set()

    @subscriptions.on(CartCreated, name="notes.repaired", queue="carts")
    async def repaired(event: Envelope[CartCreated], unit: Unit) -> None:
        if broken.is_set():
            raise Unprocessable("not yet")
        await note(event, unit, "repaired")

    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await publish(database, company_id, created(company_id))
        [dead_letter] = await poll(dead_letters.list)
        broken.clear()
        await dead_letters.replay(dead_letter.id)
        await poll(lambda: bodies(database, company_id))

    assert await dead_letters.list() == []
    assert await bodies(database, company_id) == ["repaired"]


async def test_sealed_personal_data_is_kept_until_it_can_be_handled(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """Its outbox row goes with the confirm; its dead letter has it whole, or a withdrawal of consent would be lost."""
    broken, withdrawn = [True], []

    @subscriptions.on(CartContactSet, name="notes.sealed_contact", queue="contacts")
    async def contact(event: Envelope[CartContactSet], unit: Unit) -> None:
        if broken:
            raise Unprocessable("the key is not here yet")
        withdrawn.append(event.data.address_sealed)

    async def handled() -> bool:
        return bool(withdrawn)

    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await publish(database, company_id, contact_set(company_id))
        [dead_letter] = await poll(dead_letters.list)
        await poll(lambda: outbox_rows(database, company_id), lambda count: count == 0)
        broken.clear()
        await dead_letters.replay(dead_letter.id)
        await poll(handled)

    assert withdrawn == ["c2VhbGVk"]
    assert await dead_letters.list() == []


async def test_personal_data_is_kept_nowhere(
    database: Database, company_id: UUID, broker: Broker, subscriptions: Subscriptions[None], working: Working
) -> None:
    """The outbox row goes with the confirm, and a dead letter keeps the reason without the address (rules.md 35)."""

    @subscriptions.on(CartContactSetV1, name="notes.contact", queue="contacts")
    async def contact(event: Envelope[CartContactSetV1], unit: Unit) -> None:
        raise Unprocessable(f"cannot write to {event.data.email}")

    dead_letters = DeadLetters(broker, subscriptions.service)
    async with working(subscriptions):
        await publish(database, company_id, readable_contact_set(company_id))
        [dead_letter] = await poll(dead_letters.list)

    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM outbox") == 0
    assert dead_letter.body is None
    assert "ada" not in dead_letter.error


async def outbox_rows(database: Database, company_id: UUID) -> int:
    """How many outbox rows a company has."""
    async with database.unit(company_id) as unit:
        return int(await unit.fetchval("SELECT count(*) FROM outbox"))
