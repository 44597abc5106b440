"""The broker's connection with its small writes joined: the library writes each frame by itself."""

import asyncio
from collections.abc import Sequence
from itertools import cycle
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
    """Opens a connection as the library does, to one of several hosts in turn, and joins what is written to it."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = cycle(URL(host) for host in hosts)

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the next host, with TLS if the address asks for it: a call after a failure gets another one."""
        host = next(self._hosts)
        address = url.with_host(host.host or "").with_port(host.port)
        factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, writer = await factory.create(address, **kwargs)
        return reader, _JoinedWriter(writer, reader)


class _JoinedWriter(asyncio.StreamWriter):
    def __init__(self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        transport = cast("asyncio.Transport", writer.transport)  # a connection's transport both reads and writes
        super().__init__(JoinedWrites(transport, _SENT_AT_ONCE), transport.get_protocol(), reader, loop)
        self._opened = writer  # one that nobody holds closes its connection
