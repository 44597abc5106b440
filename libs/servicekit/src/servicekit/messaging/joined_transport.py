"""The broker's connection with its small writes joined: the library writes each frame by itself."""

import asyncio
from typing import Any, cast

import aiormq
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from yarl import URL

from servicekit.joined_writes import JoinedWrites

FRAMES = 256
"""Frames that wait for the library's writer: with its 10, the messages of a window would leave one in each turn."""
_SENT_AT_ONCE = 65_536

aiormq.Connection.FRAME_BUFFER_SIZE = FRAMES


class JoinedTransportFactory(TransportFactory):
    """Opens a connection as the library does, and joins what is written to it."""

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect, with TLS if the address asks for it."""
        factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, writer = await factory.create(url, **kwargs)
        return reader, _JoinedWriter(writer, reader)


class _JoinedWriter(asyncio.StreamWriter):
    def __init__(self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        transport = cast("asyncio.Transport", writer.transport)  # a connection's transport both reads and writes
        super().__init__(JoinedWrites(transport, _SENT_AT_ONCE), transport.get_protocol(), reader, loop)
        self._opened = writer  # one that nobody holds closes its connection
