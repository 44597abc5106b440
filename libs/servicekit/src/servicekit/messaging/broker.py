"""The connections to RabbitMQ, and publishing that is either confirmed or known to have failed."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

import structlog
from aio_pika import RobustConnection
from aio_pika.connection import make_url
from aio_pika.exceptions import ChannelNotFoundEntity, DeliveryError, PublishError
from pamqp.commands import Basic

from servicekit.hosts import each_host
from servicekit.messaging.connection_loss import ConnectionLost, reported_loss, say_goodbye
from servicekit.messaging.joined_transport import JoinedTransportFactory

if TYPE_CHECKING:
    from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection, AbstractRobustQueue
    from aiormq.abc import AbstractChannel
    from pamqp.common import FieldTable

PUBLISH_TIMEOUT_SECONDS = 5.0
"""Under a memory alarm the broker stops reading: without a timeout a publish would hang for good."""
_RECONNECT_SECONDS = 1
HEARTBEAT_SECONDS = 10
"""The broker ends a connection, and gives its messages to others, when nothing comes for about twice as long."""
_PERSISTENT = 2


log = structlog.get_logger()


class PublishFailed(Exception):
    """The broker did not confirm a message. It may or may not have it: publish again, consumers deduplicate."""


class PublishRefused(PublishFailed):
    """The broker answered, and does not have the message: no queue takes it, or one of them refused it."""


class Unroutable(PublishRefused):
    """No queue takes the message."""


class QueueAbsent(Exception):
    """The broker has no queue of this name."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to publish. `id` and `type` are the event's; `sent_at` is when it first left the outbox."""

    body: bytes
    id: str
    type: str
    sent_at: datetime
    headers: "FieldTable" = field(default_factory=dict)
    content_type: str = "application/cloudevents+json"


class Broker:
    """Two connections, each re-made for as long as it takes when it is lost. Safe for concurrent use.

    One publishes, the other does all else: a broker that runs out of memory stops reading from who publishes, and must
    still read the acknowledgements of what it delivered.
    """

    def __init__(self, connections: "Sequence[AbstractRobustConnection]", publishing: "AbstractRobustChannel") -> None:
        self._connections = connections
        self._publishing = publishing

    @classmethod
    async def connect(cls, url: str, *, name: str, within: float | None = None) -> Self:
        """Connect, waiting for the broker to be there: TimeoutError after `within` seconds, forever when None.

        Of an address with several hosts each connection has one, and gets the next when that one is lost.
        `name` is what operators see in the broker's list of connections, ", publishing" behind it for one of them.
        """
        connections = [_connection(url, f"{name}, publishing"), _connection(url, name)]
        try:
            async with asyncio.timeout(within):
                for connection in connections:
                    await connection.connect(timeout=PUBLISH_TIMEOUT_SECONDS)
                publishing = await _publishing_channel(connections[0])
        except BaseException:
            for connection in connections:
                await connection.close()
            raise
        return cls(connections, publishing)

    @property
    def is_ready(self) -> bool:
        """Whether the connections are up right now."""
        return all(connection.connected.is_set() for connection in self._connections)

    async def publish(
        self,
        message: Message,
        *,
        exchange: str,
        routing_key: str,
        timeout: float = PUBLISH_TIMEOUT_SECONDS,  # noqa: ASYNC109  # becomes a failure to publish, not a cancellation
    ) -> None:
        """Publish and wait for the confirm; PublishFailed when refused, unroutable, or not confirmed in time.

        Messages published one after the other without waiting in between arrive in that order.
        """
        [failure] = await self.publish_all([(message, routing_key)], exchange=exchange, timeout=timeout)
        if failure is not None:
            raise failure

    async def publish_all(
        self,
        messages: "Sequence[tuple[Message, str]]",
        *,
        exchange: str,
        timeout: float = PUBLISH_TIMEOUT_SECONDS,  # noqa: ASYNC109  # becomes failures to publish, not a cancellation
    ) -> "list[PublishFailed | None]":
        """Publish messages with their routing keys, in this order, under one deadline; return what became of each.

        None is a confirm. They go out together and are confirmed one by one: some may fail, and later ones not.
        """
        failures: list[PublishFailed | None] = [PublishFailed(f"not confirmed within {timeout} s") for _ in messages]

        async def publish_one(position: int, channel: "AbstractChannel", message: Message, routing_key: str) -> None:
            failures[position] = await _failure_of(channel, message, exchange, routing_key)

        try:
            async with asyncio.timeout(timeout):
                with reported_loss():
                    channel = await self._publishing.get_underlay_channel()
                async with asyncio.TaskGroup() as group:
                    for position, (message, routing_key) in enumerate(messages):
                        group.create_task(publish_one(position, channel, message, routing_key))
        except TimeoutError:
            return failures
        except ConnectionLost as error:
            return [PublishFailed(f"connection lost: {error}") for _ in messages]
        return failures

    async def channel(self, *, prefetch: int = 0) -> "AbstractRobustChannel":
        """Open a channel of one's own for consuming or declaring; the caller closes it.

        Raises ConnectionLost.
        """
        with reported_loss():
            channel = await self._connections[1].channel(publisher_confirms=True, on_return_raises=True)
            await channel.set_qos(prefetch_count=prefetch)
        return channel

    async def depths(self, queues: Sequence[str]) -> dict[str, int]:
        """How many messages wait in each queue; without those that do not exist, and empty while the broker is away."""
        depths: dict[str, int] = {}
        with suppress(TimeoutError, ConnectionLost):
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                for name in queues:
                    with suppress(QueueAbsent):
                        async with self.existing_queue(name) as queue:
                            depths[name] = queue.declaration_result.message_count or 0
        return depths

    @asynccontextmanager
    async def existing_queue(self, name: str, *, prefetch: int = 0) -> "AsyncGenerator[AbstractRobustQueue]":
        """A queue that exists, on a channel of its own, which is closed in the end; raises QueueAbsent, ConnectionLost.

        The broker closes the channel of one who names an absent queue; the library would open it again, for good.
        """
        channel = await self.channel(prefetch=prefetch)
        try:
            with reported_loss():
                try:
                    queue = await channel.declare_queue(name, passive=True)
                except ChannelNotFoundEntity:
                    raise QueueAbsent(name) from None
            yield queue
        finally:
            await say_goodbye(channel.close())

    async def close(self) -> None:
        """Close the connections; what is published and not yet confirmed fails."""
        for connection in self._connections:
            await connection.close()


async def _publishing_channel(connection: RobustConnection) -> "AbstractRobustChannel":
    """Open the channel, again whenever the connection is lost meanwhile: nothing keeps it open yet."""
    while True:
        await connection.connected.wait()
        try:
            with reported_loss():
                return await connection.channel(publisher_confirms=True, on_return_raises=True)
        except ConnectionLost:
            await asyncio.sleep(_RECONNECT_SECONDS)


async def _failure_of(
    channel: "AbstractChannel", message: Message, exchange: str, routing_key: str
) -> PublishFailed | None:
    """Publish one message and wait for the broker's answer.

    Nobody waits until the socket has taken it (`wait`): what is published in one turn of the loop leaves in one send.
    """
    try:
        with reported_loss():
            await channel.basic_publish(  # type: ignore[call-arg]  # `wait`: the class has it, its abstract form has not
                message.body,
                exchange=exchange,
                routing_key=routing_key,
                properties=_properties(message),
                mandatory=True,
                wait=False,
            )
    except PublishError:
        return Unroutable(f"no queue for {routing_key!r} at exchange {exchange!r}")
    except DeliveryError:
        return PublishRefused("refused by the broker")
    except ConnectionLost as error:
        return PublishFailed(f"connection lost: {error}")
    return None


def _connection(url: str, name: str) -> RobustConnection:
    hosts = each_host(url)
    connection = RobustConnection(
        make_url(hosts[0], heartbeat=HEARTBEAT_SECONDS),
        client_properties={"connection_name": name},
        fail_fast="0",
        reconnect_interval=str(_RECONNECT_SECONDS),
    )
    connection.kwargs["transport_factory"] = JoinedTransportFactory(hosts)
    _report_once(connection, name)
    return connection


def _report_once(connection: RobustConnection, name: str) -> None:
    """Say once that the connection was lost and once that it is back; the library would say each attempt."""
    for library in ("aio_pika", "aiormq"):
        logging.getLogger(library).setLevel(logging.CRITICAL)

    is_lost = False

    def lost(_: object, error: BaseException | None) -> None:
        nonlocal is_lost
        if not is_lost and not connection.close_called:
            log.error("broker_lost", connection=name, error=str(error))
        is_lost = True

    def back(_: object) -> None:
        nonlocal is_lost
        log.info("broker_back", connection=name)
        is_lost = False

    connection.close_callbacks.add(lost)
    connection.reconnect_callbacks.add(back)


def _properties(message: Message) -> Basic.Properties:
    return Basic.Properties(
        content_type=message.content_type,
        delivery_mode=_PERSISTENT,
        message_id=message.id,
        message_type=message.type,
        timestamp=message.sent_at,
        headers=message.headers,
    )
