"""Looking at dead letters, and what may be done with them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from pamqp.common import FieldTable
from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.messaging import headers
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.messaging.dead_letters import DeadLetter, DeadLetterNotFound, DeadLetters, ReplayRefused
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import dead_letter_queue, declare


@pytest.fixture
async def dead_letters(broker: Broker, subscriptions: Subscriptions[None]) -> DeadLetters:
    """The dead letters of a service with one queue and no worker."""

    @subscriptions.on(CartCreated, name="notes.never", queue="carts")
    async def never(event: Envelope[CartCreated], unit: Unit) -> None: ...

    channel = await broker.channel()
    await declare(channel, subscriptions.service, subscriptions.queues.values())
    await channel.close()
    return DeadLetters(broker, subscriptions.service)


async def give_up(broker: Broker, service: str, *, failed: datetime, queue: str | None = None) -> None:
    """Put a dead letter where a consumer would."""
    history: FieldTable = {
        headers.ATTEMPTS: 5,
        headers.QUEUE: queue or f"{service}.carts",
        headers.HANDLER: "notes.never",
        headers.ERROR: "RuntimeError: no",
        headers.FIRST_FAILED: failed.isoformat(),
        headers.LAST_FAILED: failed.isoformat(),
        headers.ROUTING_KEY: "cart.created.v1",
    }
    message = Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC), history)
    await broker.publish(message, exchange="", routing_key=dead_letter_queue(service))


async def test_looking_takes_nothing_away(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """However often, by list or by show; the oldest comes first."""
    now = datetime.now(UTC)
    for hours in (1, 3, 2):
        await give_up(broker, subscriptions.service, failed=now - timedelta(hours=hours))

    for _ in range(30):
        found = await dead_letters.list()

    assert [round((now - dead_letter.first_failed_at) / timedelta(hours=1)) for dead_letter in found] == [3, 2, 1]
    assert (await dead_letters.show(found[1].id)).body == b"{}"


async def test_every_dead_letter_is_reached_however_many_there_are(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """Page by page, each once; the last of more than a thousand is shown, replayed and dropped like any other."""
    now = datetime.now(UTC)
    moments = [now - timedelta(minutes=minute) for minute in range(1, 1_102)]
    for moment in moments:
        await give_up(broker, subscriptions.service, failed=moment)

    seen: list[DeadLetter] = []
    while page := await dead_letters.list(400, seen[-1].place if seen else None):
        seen += page
    newest = await dead_letters.list(2, wanted=lambda dead_letter: dead_letter.first_failed_at >= moments[1])
    replayed, dropped = seen[0], seen[1]  # failed first, and came last into the queue
    await dead_letters.show(replayed.id)
    await dead_letters.replay(replayed.id)
    await dead_letters.drop(dropped.id)

    assert [dead_letter.first_failed_at for dead_letter in seen] == moments[::-1]
    assert newest == seen[-2:]
    assert {dead_letter.id for dead_letter in await dead_letters.list(2_000)} == {
        dead_letter.id for dead_letter in seen[2:]
    }


async def test_what_the_broker_gave_up_has_a_place_of_its_own(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """Without headers of ours it is as old as the message, however often it is looked at."""
    sent = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    message = Message(b"{}", str(new_id()), "cart.created.v1", sent)
    await broker.publish(message, exchange="", routing_key=dead_letter_queue(subscriptions.service))

    [dead_letter] = await dead_letters.list()

    assert (dead_letter.first_failed_at, dead_letter.last_failed_at) == (sent, sent)
    assert await dead_letters.list(after=dead_letter.place) == []


async def test_a_replayed_dead_letter_is_back_in_its_queue(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """Without the history of its failures; a second replay finds nothing to send."""
    await give_up(broker, subscriptions.service, failed=datetime.now(UTC))
    [dead_letter] = await dead_letters.list()

    await dead_letters.replay(dead_letter.id)
    with pytest.raises(DeadLetterNotFound):
        await dead_letters.replay(dead_letter.id)

    channel = await broker.channel()
    message = await (await channel.declare_queue(dead_letter.queue, passive=True)).get()
    await channel.close()
    assert message is not None
    assert message.message_id == dead_letter.event_id
    assert message.headers.keys() - {"x-delivery-count"} == {headers.REDRIVEN}


async def test_an_old_dead_letter_is_not_replayed(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """After 14 days the inbox could forget it too soon; it can still be looked at and dropped."""
    await give_up(broker, subscriptions.service, failed=datetime.now(UTC) - timedelta(days=15))
    [dead_letter] = await dead_letters.list()

    with pytest.raises(ReplayRefused, match="14 days"):
        await dead_letters.replay(dead_letter.id)
    await dead_letters.drop(dead_letter.id)

    assert await dead_letters.list() == []


async def test_a_dead_letter_whose_queue_is_gone_stays(
    broker: Broker, subscriptions: Subscriptions[None], dead_letters: DeadLetters
) -> None:
    """It is removed only after its copy is confirmed."""
    await give_up(broker, subscriptions.service, failed=datetime.now(UTC), queue=f"gone-{uuid4().hex}")
    [dead_letter] = await dead_letters.list()

    with pytest.raises(PublishFailed, match="no queue"):
        await dead_letters.replay(dead_letter.id)

    assert await dead_letters.list() == [dead_letter]


async def test_an_unknown_dead_letter_is_not_found(dead_letters: DeadLetters) -> None:
    """Nothing is replayed or dropped by guessing."""
    with pytest.raises(DeadLetterNotFound):
        await dead_letters.drop(UUID(int=0))
