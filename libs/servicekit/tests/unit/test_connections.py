"""Connections of calls: one for each call at once, used again, and closed when nobody needs them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from servicekit.testing import poll
from servicekit.upstream.connections import Connections

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@dataclass
class Server:
    """Answers when it is let; counts connections."""

    url: str = ""
    opened: int = 0
    open_now: int = 0
    requests: int = 0
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other side closes it."""
        self.opened, self.open_now = self.opened + 1, self.open_now + 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                await self.answering.wait()
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open_now -= 1
            writer.close()


@asynccontextmanager
async def server() -> AsyncGenerator[Server]:
    """A server that answers at once, unless a test stops it."""
    other = Server()
    other.answering.set()
    async with await asyncio.start_server(other.serve, "127.0.0.1", 0) as listening:
        other.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield other


async def test_each_call_at_once_has_a_connection_which_the_next_ones_use() -> None:
    """Ten at once are ten connections, and twenty after one another none more."""
    async with server() as other, httpx.AsyncClient(transport=Connections(60)) as client:
        other.answering.clear()
        calls = [asyncio.create_task(client.get(other.url)) for _ in range(10)]
        await poll(lambda: _value(other.requests), lambda seen: seen == 10)
        other.answering.set()
        answers = [answer.text for answer in await asyncio.gather(*calls)]
        for _ in range(20):
            await client.get(other.url)

        assert answers == ["ok"] * 10
        assert (other.opened, other.requests) == (10, 30)


async def test_a_call_that_was_given_up_leaves_no_connection_in_use() -> None:
    """Its connection is closed, because its answer would come to the next call."""
    async with server() as other, httpx.AsyncClient(transport=Connections(60)) as client:
        other.answering.clear()
        for _ in range(3):
            call = asyncio.create_task(client.get(other.url))
            await poll(lambda seen=other.requests: _value(other.requests > seen), bool)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        other.answering.set()

        assert (await client.get(other.url)).text == "ok"
        assert other.opened == 4
        await poll(lambda: _value(other.open_now), lambda seen: seen == 1)


async def test_what_was_idle_for_long_is_closed() -> None:
    """By the next call, which gets a connection that was not; and all are at the end."""
    now = 0.0
    async with server() as other:
        async with httpx.AsyncClient(transport=Connections(5, lambda: now)) as client:
            await asyncio.gather(*(client.get(other.url) for _ in range(3)))
            now = 6.0
            await client.get(other.url)

            await poll(lambda: _value(other.open_now), lambda seen: seen == 1)
        await poll(lambda: _value(other.open_now), lambda seen: seen == 0)


async def _value(value: int) -> int:
    return value
