"""Dead letters on the command line: listed, and replayed without a loss."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pamqp.common import FieldTable
from servicekit.messaging import headers
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.subscriptions import QueuePlan
from servicekit.messaging.topology import dead_letter_queue, declare
from servicekit.testing import Servers, poll

from .command_line import environment, run, started
from .delivering import ids_in


def test_an_unknown_dead_letter_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str
) -> None:
    """Status 1 and a sentence, no traceback."""
    env = environment(servers, database_url)
    assert run(monkeypatch, env, "migrate").exit_code == 0

    listed = run(monkeypatch, env, "dead-letters", "list")
    shown = run(monkeypatch, env, "dead-letters", "show", str(uuid4()))

    assert listed.exit_code == 0
    assert shown.exit_code == 1
    assert "no such dead letter" in shown.stderr


@pytest.fixture
async def given_up(servers: Servers) -> AsyncGenerator[tuple[Broker, set[str]]]:
    """A broker with 300 dead letters of the notes service that belong to its queue `notes.cli`, and their ids."""
    broker = await Broker.connect(servers.rabbitmq_url, name="tests", within=30)
    channel = await broker.channel()
    await declare(channel, "notes", [QueuePlan("notes.cli")])
    await (await channel.get_queue(dead_letter_queue("notes"), ensure=False)).purge()
    now = datetime.now(UTC)
    history: FieldTable = {headers.QUEUE: "notes.cli", headers.ERROR: "no room", headers.LAST_FAILED: now.isoformat()}
    messages = [Message(b"{}", str(uuid4()), "cart.updated.v1", now, dict(history)) for _ in range(300)]
    dead_letters = dead_letter_queue("notes")
    assert await broker.publish_all([(message, dead_letters) for message in messages], exchange="", timeout=60) == [
        None for _ in messages
    ]
    yield broker, {message.id for message in messages}
    await channel.queue_delete("notes.cli")
    await broker.close()


async def test_all_dead_letters_are_replayed(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, database_url: str, given_up: tuple[Broker, set[str]]
) -> None:
    """One line says what became of them; an id and --all at once, or neither, is a mistake."""
    env, command = environment(servers, database_url), ("dead-letters", "replay")

    others = await asyncio.to_thread(run, monkeypatch, env, *command, "--all", "--reason", "timeout")
    all_ = await asyncio.to_thread(run, monkeypatch, env, *command, "--all", "--queue", "notes.cli")
    mistakes = [
        await asyncio.to_thread(run, monkeypatch, env, *command, *arguments)
        for arguments in ([], ["--all", str(uuid4())], ["--queue", "notes.cli"])
    ]

    assert others.stdout == "replayed 0 of 300 dead letters; 300 skipped, not asked for\n"
    assert all_.stdout == "replayed 300 of 300 dead letters\n"
    assert [mistake.exit_code for mistake in mistakes] == [2, 2, 2]
    assert set(await ids_in(given_up[0], "notes.cli")) == given_up[1]


async def test_a_replay_that_is_killed_loses_nothing(
    servers: Servers, database_url: str, given_up: tuple[Broker, set[str]]
) -> None:
    """Each message is in its queue or still a dead letter, wherever the kill falls; a second run finishes."""
    broker, all_ = given_up
    env, command = environment(servers, database_url), ("dead-letters", "replay", "--all")
    dead_letters = dead_letter_queue("notes")

    async with started(env, *command) as process:
        await poll(lambda: broker.depths(["notes.cli"]), lambda depths: depths["notes.cli"] > 0, every_seconds=0.005)
        process.kill()
        await process.communicate()
    home = set(await ids_in(broker, "notes.cli"))
    await poll(lambda: ids_in(broker, dead_letters), lambda kept: home | set(kept) == all_)
    await poll(lambda: broker.depths([dead_letters]), lambda depths: depths[dead_letters] >= len(all_ - home))
    async with started(env, *command) as again:
        await again.communicate()

    assert again.returncode == 0
    assert set(await ids_in(broker, "notes.cli")) == all_
