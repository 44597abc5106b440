"""The open loop against a real server that can be made to stall."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.load.open import Arrivals
from bench.load.requests import read, request, write

STALL_SECONDS = 0.4


@asynccontextmanager
async def server(stall_at: int) -> AsyncGenerator[int]:
    """An HTTP server on a port of its own; everybody waits while it stalls, as with a blocked event loop."""
    seen = 0
    free = asyncio.Event()
    free.set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            seen += 1
            if seen == stall_at:
                free.clear()
                asyncio.get_running_loop().call_later(STALL_SECONDS, free.set)
            await free.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def test_a_stall_is_charged_to_all_who_came_meanwhile() -> None:
    """A closed loop would have stood still with the server and seen one slow answer."""
    rate, seconds = 100, 1.0
    async with server(stall_at=10) as port:
        load = Arrivals("127.0.0.1", port)
        await load.run([request("GET", "/", {})], rate, seconds)

    slow = sum(count for microseconds, count in load.latency.counts.items() if microseconds > 50_000)
    assert load.statuses == {"200": 100}
    assert slow >= STALL_SECONDS * rate / 2


async def test_a_lost_connection_is_an_error_and_the_next_request_goes_on() -> None:
    """One answer that never comes must not take the others with it."""

    async def slam_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not slammed:
            slammed.append(True)
        else:
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    slammed: list[bool] = []
    listening = await asyncio.start_server(slam_once, "127.0.0.1", 0)
    async with listening:
        load = Arrivals("127.0.0.1", listening.sockets[0].getsockname()[1])
        await load.run([request("GET", "/", {})], 20, 0.5)

    assert load.statuses == {"error": 1, "204": 9}


def test_a_file_of_requests_reads_as_it_was_written(tmp_path: Path) -> None:
    """What a load generator sends is what was prepared, byte for byte."""
    requests = [request("POST", "/x", {"a": "b"}, {"name": "é"}), request("GET", "/y", {})]

    write(tmp_path / "requests", requests)

    assert read(tmp_path / "requests") == requests
    assert requests[0].endswith(b'content-length: 17\r\n\r\n{"name":"\\u00e9"}')
