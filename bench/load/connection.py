"""A keep-alive HTTP/1.1 connection that sends prepared bytes and reads just enough of the answers."""

import asyncio
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status and body of an answer."""

    status: int
    body: bytes


class Connection(asyncio.Protocol):
    """One request at a time; the answer's length must be declared, as ours always is."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[HttpAnswer] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> "Connection":
        """Connect; raises OSError."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def ask(self, request: bytes) -> HttpAnswer:
        """Send a request and wait for its answer; raises ConnectionError when there is none."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        size = end + 4 + _content_length(bytes(self._buffer[:end]))
        if len(self._buffer) >= size:
            answer = HttpAnswer(int(self._buffer[9:12]), bytes(self._buffer[end + 4 : size]))
            del self._buffer[:size]
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError(str(error) if error else "closed by the server"))


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0
