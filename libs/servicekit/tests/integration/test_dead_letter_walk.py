"""Replaying all dead letters, or those of one kind, in one walk."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.cart import CartCreated
from contracts.envelope import Envelope
from pamqp.common import FieldTable
from servicekit.db import Unit
from servicekit.ids import new_id
from servicekit.messaging import headers
from servicekit.messaging.broker import Broker, Message, PublishFailed
from servicekit.messaging.connection_loss import ConnectionLost
from servicekit.messaging.dead_letter_walk import WINDOW, WalkCounts, Wanted, replay_all
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions, Unprocessable
from servicekit.messaging.topology import dead_letter_queue, declare
from servicekit.testing import Servers, envelope_of, poll, wired

from .conftest import Working
from .delivering import ids_in, message_with
from .recorded_events import created

SEVERAL_WINDOWS = 3 * WINDOW


@pytest.fixture
async def owner(broker: Broker, subscriptions: Subscriptions[None]) -> str:
    """The name of a service with two queues, `carts` and `log`, and no worker."""

    @subscriptions.on(CartCreated, name="notes.never", queue="carts")
    async def never(event: Envelope[CartCreated], unit: Unit) -> None:
        raise Unprocessable("still not")

    @subscriptions.batch(CartCreated, name="notes.nothing", queue="log")
    async def nothing(events: Sequence[Envelope[Any]], unit: Unit) -> None: ...

    channel = await broker.channel()
    await declare(channel, subscriptions.service, subscriptions.queues.values())
    await channel.close()
    return subscriptions.service


async def give_up(broker: Broker, owner: str, message: Message | None = None, **changes: Any) -> str:
    """Put a message where a consumer would that gave it up; its id."""
    message = message or Message(b"{}", str(new_id()), "cart.created.v1", datetime.now(UTC))
    failed = datetime.now(UTC).isoformat()
    history: FieldTable = {
        headers.ATTEMPTS: 5,
        headers.QUEUE: f"{owner}.carts",
        headers.ERROR: "RuntimeError: no such column",
        headers.FIRST_FAILED: failed,
        headers.LAST_FAILED: failed,
    }
    message.headers.update(history | changes)
    await broker.publish(message, exchange="", routing_key=dead_letter_queue(owner))
    return message.id


async def test_all_are_replayed_in_one_walk(broker: Broker, owner: str) -> None:
    """Each once and as it was before it failed, however many there are."""
    given_up = [await give_up(broker, owner) for _ in range(SEVERAL_WINDOWS)]

    counts = await replay_all(DeadLetters(broker, owner), Wanted())

    assert counts == WalkCounts(SEVERAL_WINDOWS, SEVERAL_WINDOWS, replayed=SEVERAL_WINDOWS, is_complete=True)
    assert sorted(await ids_in(broker, f"{owner}.carts")) == sorted(given_up)
    assert await ids_in(broker, dead_letter_queue(owner)) == []


@pytest.mark.parametrize(
    ("wanted", "replayed"),
    [
        (Wanted(reason="NO SUCH column"), {"plain", "log"}),
        (Wanted(event_type="cart.updated.v1"), {"updated"}),
        (Wanted(queue="log"), {"log"}),
        (Wanted(queue="carts", reason="timeout"), {"updated"}),
        (Wanted(queue="log", event_type="cart.updated.v1"), set()),
    ],
)
async def test_what_is_not_asked_for_stays(broker: Broker, owner: str, wanted: Wanted, replayed: set[str]) -> None:
    """Queue, type and reason narrow the walk, together too; the others are there as before."""
    updated = Message(b"{}", str(new_id()), "cart.updated.v1", datetime.now(UTC))
    names = {
        await give_up(broker, owner): "plain",
        await give_up(broker, owner, updated, **{headers.ERROR: "Timeout: too slow"}): "updated",
        await give_up(broker, owner, **{headers.QUEUE: f"{owner}.log"}): "log",
    }
    of_service = Wanted(f"{owner}.{wanted.queue}" if wanted.queue else None, wanted.event_type, wanted.reason)

    counts = await replay_all(DeadLetters(broker, owner), of_service)

    moved = [*await ids_in(broker, f"{owner}.carts"), *await ids_in(broker, f"{owner}.log")]
    assert {names[moved_id] for moved_id in moved} == replayed
    assert (counts.replayed, counts.skipped, counts.is_complete) == (len(replayed), 3 - len(replayed), True)
    await poll(DeadLetters(broker, owner).list, lambda kept: len(kept) == counts.skipped)


async def test_what_may_not_be_replayed_is_counted_and_stays(broker: Broker, owner: str) -> None:
    """Without a body, too old, of a queue that is gone: none of them keeps the others from being replayed."""
    old = (datetime.now(UTC) - timedelta(days=15)).isoformat()
    await give_up(broker, owner, **{headers.WITHHELD: True})
    await give_up(broker, owner, **{headers.FIRST_FAILED: old, headers.LAST_FAILED: old})
    await give_up(broker, owner, **{headers.QUEUE: f"{owner}.gone"})
    replayable = await give_up(broker, owner)

    counts = await replay_all(DeadLetters(broker, owner), Wanted())

    assert counts == WalkCounts(4, 4, replayed=1, withheld=1, too_old=1, queue_gone=1, is_complete=True)
    assert await ids_in(broker, f"{owner}.carts") == [replayable]
    await poll(DeadLetters(broker, owner).list, lambda kept: len(kept) == 3)


async def test_what_fails_again_is_not_walked_again(
    broker: Broker, owner: str, subscriptions: Subscriptions[None], working: Working, company_id: UUID
) -> None:
    """A worker gives each up again at once: the walk ends nevertheless, having sent each once."""
    async with working(subscriptions):
        for _ in range(SEVERAL_WINDOWS):
            await give_up(broker, owner, message_with(envelope_of(created(company_id)), headers={}))

        counts = await replay_all(DeadLetters(broker, owner), Wanted())

    assert (counts.walked, counts.replayed) == (SEVERAL_WINDOWS, SEVERAL_WINDOWS)


async def test_a_walk_that_is_cut_off_loses_nothing(broker: Broker, servers: Servers, owner: str) -> None:
    """The broker goes away after the first window: each message is in one place or the other; a second walk ends it."""
    given_up = [await give_up(broker, owner) for _ in range(SEVERAL_WINDOWS)]
    async with wired(servers.rabbitmq_url) as (wire, url):
        own = await Broker.connect(url, name="wired", within=30)
        with pytest.raises((ConnectionLost, PublishFailed)):
            await replay_all(DeadLetters(own, owner), Wanted(), progress=lambda _: wire.cut())
        wire.mend()
        await own.close()
    home, dead = await ids_in(broker, f"{owner}.carts"), dead_letter_queue(owner)
    kept = await poll(lambda: ids_in(broker, dead), lambda kept: {*home, *kept} == set(given_up))
    await poll(lambda: broker.depths([dead]), lambda depths: depths[dead] == len(kept))

    rest = await replay_all(DeadLetters(broker, owner), Wanted())

    assert len(home) >= WINDOW
    assert rest.replayed == len(kept)
    assert set(await ids_in(broker, f"{owner}.carts")) == set(given_up)


async def test_a_walk_whose_time_is_over_is_not_complete(broker: Broker, owner: str) -> None:
    """It says so, and what it did not reach stays."""
    await give_up(broker, owner)

    counts = await replay_all(DeadLetters(broker, owner), Wanted(), within=0)

    assert (counts.replayed, counts.is_complete) == (0, False)
    await poll(DeadLetters(broker, owner).list, lambda kept: len(kept) == 1)


async def test_dead_letters_of_a_worker_whose_clock_is_ahead_are_replayed(broker: Broker, owner: str) -> None:
    """Whether one was there at the start is told by its place in the queue, since clocks differ."""
    ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    given_up = [await give_up(broker, owner, **{headers.LAST_FAILED: ahead}) for _ in range(WINDOW + 1)]

    counts = await replay_all(DeadLetters(broker, owner), Wanted())

    assert (counts.walked, counts.replayed, counts.is_complete) == (WINDOW + 1, WINDOW + 1, True)
    assert sorted(await ids_in(broker, f"{owner}.carts")) == sorted(given_up)


@pytest.mark.parametrize("header", [headers.LAST_FAILED, headers.FIRST_FAILED, headers.ATTEMPTS])
async def test_a_header_that_cannot_be_read_is_in_nobodys_way(broker: Broker, owner: str, header: str) -> None:
    """Whoever wrote it: the dead letter is listed, and can be dropped; the others are replayed."""
    strange = await give_up(broker, owner, **{header: "yesterday"})
    other = await give_up(broker, owner)
    dead_letters = DeadLetters(broker, owner)

    listed = await dead_letters.list()
    (found,) = [dead_letter for dead_letter in listed if dead_letter.event_id == strange]
    await dead_letters.drop(found.id)
    counts = await replay_all(dead_letters, Wanted())

    assert {dead_letter.event_id for dead_letter in listed} == {strange, other}
    assert (counts.replayed, counts.is_complete) == (1, True)
