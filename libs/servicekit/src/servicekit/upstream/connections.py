"""The connections of calls to one service: one call on one connection, and nothing looked for among the others.

httpcore's pool looks at all of its connections, and at every call that waits for one, whenever a call begins or ends:
with thirty calls at once each costs twice the CPU of eight at once, and the unlucky ones wait ten times as long.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import cast

import httpx


class Connections(httpx.AsyncBaseTransport):
    """Sends each request over a connection of its own; of the idle ones that which was used last.

    There are as many as requests were ever sent at once: the caller bounds that. One that is idle for `idle_seconds` is
    closed before the next request is sent. Proxies of the environment are not used. For one event loop.
    """

    def __init__(self, idle_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=idle_seconds)
        self._idle_seconds, self._clock = idle_seconds, clock
        self._context = httpx.create_ssl_context()
        self._open: set[httpx.AsyncHTTPTransport] = set()
        self._idle: deque[tuple[float, httpx.AsyncHTTPTransport]] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Called by httpx; the connection is free again when the answer is closed."""
        await self._close_old()
        connection = self._idle.pop()[1] if self._idle else self._new()
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            self._give_back(connection)
            raise
        stream = cast(httpx.AsyncByteStream, response.stream)  # that of an asynchronous transport
        response.stream = _Answer(stream, lambda: self._give_back(connection))
        return response

    async def aclose(self) -> None:
        """Close all of them, also those whose answers are still to come."""
        self._idle.clear()
        while self._open:
            await self._open.pop().aclose()

    def _new(self) -> httpx.AsyncHTTPTransport:
        connection = httpx.AsyncHTTPTransport(verify=self._context, limits=self._limits)
        self._open.add(connection)
        return connection

    def _give_back(self, connection: httpx.AsyncHTTPTransport) -> None:
        self._idle.append((self._clock(), connection))

    async def _close_old(self) -> None:
        while self._idle and self._clock() - self._idle[0][0] > self._idle_seconds:
            _, connection = self._idle.popleft()
            self._open.discard(connection)
            await connection.aclose()


class _Answer(httpx.AsyncByteStream):
    """An answer's body, which says once that it was closed."""

    def __init__(self, stream: httpx.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._stream, self._closed, self._is_closed = stream, closed, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        """Called by httpx when the body was read, or will not be."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._stream.aclose()
        finally:
            self._closed()
