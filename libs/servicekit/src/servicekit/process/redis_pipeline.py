"""One connection to Redis on which the commands of all callers travel at once, for commands whose answer is short.

redis-py takes a connection out of its pool for each command, and passes through a dozen layers with it: a tenth of an
add (ADR 0021). Where to connect and how is taken from its client all the same.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.connection import SSLConnection
from redis.exceptions import InvalidResponse, NoScriptError, ResponseError

Answer = int | None


class RedisPipeline:
    """Sends commands. Safe for concurrent use in one event loop; connects when first needed and when it was cut off.

    A command that went unanswered because the connection was lost is sent once more: it may have taken effect twice.
    """

    def __init__(self, redis: Redis, timeout: float) -> None:
        self._address = _Address.of(redis)
        self._timeout = timeout
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[_Connection] | None = None

    async def command(self, *parts: bytes) -> Answer:
        """Send a command and return its answer, None for null or OK.

        Raises NoScriptError and other ResponseErrors for what Redis refuses, OSError (TimeoutError too) where Redis is
        away or slower than the timeout, InvalidResponse for an answer of another kind.
        """
        sent = packed(*parts)
        try:
            return await (await self._connected()).ask(sent)
        except ConnectionError:
            return await (await self._connected()).ask(sent)

    async def close(self) -> None:
        """End the connection; a command in hand fails."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.end(ConnectionError("closed"))

    async def _connected(self) -> "_Connection":
        """The connection, or one new attempt that all who wait share."""
        if self._connection is not None and not self._connection.is_over:
            return self._connection
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def _connect(self) -> "_Connection":
        try:
            async with asyncio.timeout(self._timeout):
                connection = await self._address.open(self._timeout)
                await self._greet(connection)
            self._connection = connection
        finally:
            self._connecting = None
        return connection

    async def _greet(self, connection: "_Connection") -> None:
        """Say who connects; a connection that is refused or not answered does not stay behind."""
        try:
            for command in self._address.greeting:
                await connection.ask(command)
        except BaseException:
            connection.end(ConnectionError("the connection to Redis was not accepted"))
            raise


@dataclass(frozen=True, slots=True)
class _Address:
    """Where Redis is, and what it is told first: who connects, and to which database."""

    place: Mapping[str, Any]
    tls: ssl.SSLContext | None
    greeting: tuple[bytes, ...]

    @classmethod
    def of(cls, redis: Redis) -> "_Address":
        """As a client has it."""
        pool = redis.connection_pool
        known = pool.connection_kwargs
        tls = None
        if issubclass(pool.connection_class, SSLConnection):
            tls = cast("SSLConnection", pool.make_connection()).ssl_context.get()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        greeting = []
        if password := known.get("password"):
            user = [known["username"].encode()] if known.get("username") else []
            greeting.append(packed(b"AUTH", *user, password.encode()))
        if database := known.get("db"):
            greeting.append(packed(b"SELECT", b"%d" % database))
        place = {name: known[name] for name in ("path", "host", "port") if known.get(name)}
        return cls(place, tls, tuple(greeting))

    async def open(self, timeout: float) -> "_Connection":  # noqa: ASYNC109  # of each later command, not of this call
        """Connect; raises OSError."""
        loop = asyncio.get_running_loop()
        if "path" in self.place:
            _, connection = await loop.create_unix_connection(lambda: _Connection(timeout), **self.place)
        else:
            _, connection = await loop.create_connection(lambda: _Connection(timeout), ssl=self.tls, **self.place)
        return connection


class _Connection(asyncio.Protocol):
    """Answers come in the order of the commands. Over when lost, or when an answer is late: what follows is unknown."""

    def __init__(self, timeout: float) -> None:
        self.is_over = False
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[asyncio.Future[Answer], float]] = deque()
        self._unsent: list[bytes] = []
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, command: bytes) -> asyncio.Future[Answer]:
        """Send a packed command; the future is its answer."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        if self.is_over or self._transport is None:
            answer.set_exception(ConnectionError("the connection to Redis is over"))
            return answer
        deadline = self._loop.time() + self._timeout
        self._waiting.append((answer, deadline))
        if len(self._waiting) == 1:
            self._transport.write(command)  # nobody else is asking
        else:
            if not self._unsent:
                self._loop.call_soon(self._send)
            self._unsent.append(command)
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._look_for_late)
        return answer

    def end(self, reason: Exception) -> None:
        """Hang up; every command in hand fails."""
        self.is_over = True
        if self._transport is not None:
            self._transport.abort()
        if self._timer is not None:
            self._timer.cancel()
        while self._waiting:
            _resolve(self._waiting.popleft()[0], reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self.end(ConnectionError("the connection to Redis was lost"))

    def data_received(self, data: bytes) -> None:
        """One line is one answer."""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        for line in lines:
            if not self._waiting:
                return
            _resolve(self._waiting.popleft()[0], answer := _read(line))
            if isinstance(answer, InvalidResponse):
                self.end(answer)

    def _send(self) -> None:
        """Send at once what was asked in one turn of the loop."""
        if self._transport is not None and not self.is_over:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _look_for_late(self) -> None:
        """Run now and then while there are commands, instead of a timer for each."""
        self._timer = None
        if not self._waiting:
            return
        deadline = self._waiting[0][1]
        if deadline <= self._loop.time():
            self.end(TimeoutError("Redis did not answer in time"))
        else:
            self._timer = self._loop.call_at(deadline, self._look_for_late)


def packed(*parts: bytes) -> bytes:
    """A command as Redis reads it."""
    return b"*%d\r\n%b" % (len(parts), b"".join([b"$%d\r\n%b\r\n" % (len(part), part) for part in parts]))


def _read(line: bytes) -> Answer | Exception:
    match line[:1]:
        case b":":
            return int(line[1:])
        case b"+":
            return None
        case b"-":
            text = line[1:].decode(errors="replace")
            return NoScriptError(text) if text.startswith("NOSCRIPT") else ResponseError(text)
        case _ if line == b"$-1":
            return None
        case _:
            return InvalidResponse("neither a number, nor null, nor OK")


def _resolve(waiting: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if waiting.done():  # whoever asked was cancelled
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
