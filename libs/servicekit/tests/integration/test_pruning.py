"""What an older version bound its queues to and the present one does not handle is unbound, and nothing else."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from contracts.cart import CartCreated, CartUpdated
from servicekit.cli.main import commands
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import EVENTS, declare
from servicekit.roles.service import AnyService
from servicekit.testing import Servers
from typer.testing import CliRunner, Result

from ..notes import NOTES
from .command_line import environment
from .delivering import ids_in


def prune(servers: Servers, database_url: str, subscriptions: Subscriptions[None], *options: str) -> Result:
    """Run the command as the version that has these subscriptions."""
    version: AnyService = replace(NOTES, name=subscriptions.service, subscriptions=subscriptions)
    return CliRunner().invoke(commands(version), ["prune-bindings", *options], env=environment(servers, database_url))


async def handled(broker: Broker, subscriptions: Subscriptions[None], queue: str) -> set[str]:
    """Which of CartCreated and CartUpdated a queue gets when both are published."""
    types = {str(uuid4()): event.type for event in (CartCreated, CartUpdated)}
    channel = await broker.channel()
    listener = await channel.declare_queue(exclusive=True)
    for event_type in types.values():
        await listener.bind(EVENTS, event_type)  # somebody listens, so that nothing of it is left unrouted
    for event_id, event_type in types.items():
        message = Message(b"{}", event_id, event_type, datetime.now(UTC))
        await broker.publish(message, exchange=EVENTS, routing_key=event_type)
    await channel.close()
    return {types[found] for found in await ids_in(broker, f"{subscriptions.service}.{queue}") if found in types}


async def test_a_version_receives_what_it_handles_once_it_has_pruned(
    broker: Broker, servers: Servers, database_url: str, subscriptions: Subscriptions[None]
) -> None:
    """Before, the older version's events still come, for it may be rolled back to; its own `migrate` binds again."""

    async def nothing(*_: object) -> None:
        """Handle an event."""

    older = Subscriptions[None](subscriptions.service)
    older.on(CartCreated, CartUpdated, name="notes", queue="all")(nothing)
    subscriptions.on(CartUpdated, name="notes", queue="all")(nothing)
    channel = await broker.channel()

    await declare(channel, older.service, older.queues.values())
    await declare(channel, subscriptions.service, subscriptions.queues.values())
    before = await handled(broker, subscriptions, "all")
    ran = [await asyncio.to_thread(prune, servers, database_url, subscriptions) for _ in range(2)]
    after = await handled(broker, subscriptions, "all")
    await declare(channel, older.service, older.queues.values())
    rolled_back = await handled(broker, subscriptions, "all")
    await channel.close()

    both = {CartCreated.type, CartUpdated.type}
    assert [result.exit_code for result in ran] == [0, 0]
    assert ran[0].stdout == f"{subscriptions.service}.all: bound to what this version handles, and to nothing else\n"
    assert (before, after, rolled_back) == (both, {CartUpdated.type}, both)


async def test_a_queue_that_does_not_exist_is_said_to_be_missing(
    servers: Servers, database_url: str, subscriptions: Subscriptions[None]
) -> None:
    """With what to do; the command ends with 1."""

    @subscriptions.on(CartUpdated, name="notes", queue="absent")
    async def handle(*_: object) -> None:
        """Handle an event."""

    result = await asyncio.to_thread(prune, servers, database_url, subscriptions)

    assert result.exit_code == 1
    assert result.stderr == f"not pruned: there is no queue {subscriptions.service}.absent; run migrate first\n"


async def test_a_service_without_queues_has_nothing_to_prune(servers: Servers, database_url: str) -> None:
    """And says so."""
    result = await asyncio.to_thread(prune, servers, database_url, Subscriptions[None]("no-queues"))

    assert result.stdout.startswith("no queue: ")


async def test_a_queue_that_is_gone_from_the_code_is_ended_by_name(
    broker: Broker, servers: Servers, database_url: str, subscriptions: Subscriptions[None]
) -> None:
    """It receives nothing any more at once, keeps what is in it, and is deleted when it is empty."""

    async def nothing(*_: object) -> None:
        """Handle an event."""

    older = Subscriptions[None](subscriptions.service)
    older.on(CartCreated, CartUpdated, name="notes.old", queue="gone")(nothing)
    subscriptions.on(CartUpdated, name="notes", queue="kept")(nothing)
    channel = await broker.channel()
    for version in (older, subscriptions):
        await declare(channel, version.service, version.queues.values())
    gone, kept = f"{subscriptions.service}.gone", f"{subscriptions.service}.kept"

    def retire(queue: str) -> Result:
        return prune(servers, database_url, subscriptions, "--queue", queue)

    before = await handled(broker, subscriptions, "gone")
    full = await asyncio.to_thread(retire, gone)
    await (await channel.get_queue(gone)).purge()
    after = await handled(broker, subscriptions, "gone")
    empty, absent = await asyncio.to_thread(retire, gone), await asyncio.to_thread(retire, gone)
    others = [await asyncio.to_thread(retire, name) for name in (kept, "cart.carts", f"{subscriptions.service}.dlq")]
    await channel.close()

    assert (before, after) == ({CartCreated.type, CartUpdated.type}, set())
    assert full.stdout == f"{gone}: receives nothing any more, and stays for the 2 messages in it\n"
    assert empty.stdout.startswith(f"{gone}: deleted")
    assert (absent.exit_code, absent.stderr) == (1, f"not pruned: there is no queue {gone}\n")
    assert [result.exit_code for result in others] == [2, 2, 2]
    assert await handled(broker, subscriptions, "kept") == {CartUpdated.type}
