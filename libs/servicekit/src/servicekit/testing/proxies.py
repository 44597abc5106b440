"""A wire that a test can cut: a TCP proxy before a real server, for what happens when it is away or silent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

_CHUNK = 65_536


class Wire:
    """Between a client and a server. Whole at first; `cut`, `stall` and `delay` break it until `mend`."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._links: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._stalled: int | None = None
        self._count = 0
        self._is_cut = False
        self._delay = 0.0

    def cut(self) -> None:
        """End every connection and refuse new ones, as a killed server does."""
        self._is_cut = True
        for link in self._links:
            link.cancel()

    def stall(self, connection: int | None = None) -> None:
        """Keep connections open and pass nothing on, as a stopped server does; only the n-th (from 0) when named."""
        self._stalled = connection
        self._flowing.clear()

    def delay(self, seconds: float) -> None:
        """Pass everything on so much later, as a busy network does."""
        self._delay = seconds

    def mend(self) -> None:
        """Let everything through again."""
        self._is_cut, self._delay = False, 0.0
        self._flowing.set()

    async def link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        link = asyncio.ensure_future(self._pass_on(reader, writer))
        self._links.add(link)
        with suppress(asyncio.CancelledError, OSError):
            await link
        self._links.discard(link)
        writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            return
        number, self._count = self._count, self._count + 1
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        try:
            await asyncio.gather(self._pump(number, reader, server_writer), self._pump(number, server_reader, writer))
        finally:
            server_writer.transport.abort()

    async def _pump(self, number: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            if self._stalled in (None, number):
                await self._flowing.wait()
            if self._delay:
                await asyncio.sleep(self._delay)
            sink.write(data)
            await sink.drain()
        raise ConnectionResetError  # one side hung up: the other is to know


@asynccontextmanager
async def wired(url: str) -> AsyncGenerator[tuple[Wire, str]]:
    """Put a wire before the server of an address, and give it with the address that leads through it."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "127.0.0.1", parts.port or 0)
    server = await asyncio.start_server(wire.link, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account, at, _ = parts.netloc.rpartition("@")
    netloc = f"{account}{at}127.0.0.1:{port}"
    try:
        yield wire, urlunsplit(parts._replace(netloc=netloc))
    finally:
        wire.cut()
        server.close()
