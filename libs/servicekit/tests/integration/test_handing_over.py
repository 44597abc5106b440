"""An api that is taken out while callers keep connections to it: each of them is answered, and told to go elsewhere."""

import asyncio
import signal

import httpx
from servicekit.testing import Servers, poll
from servicekit.testing.processes import free_port

from .command_line import environment, started


async def test_a_connection_that_is_kept_is_answered_once_more_after_sigterm(
    servers: Servers, database_url: str
) -> None:
    """A request may be on its way while the signal arrives; closing the connection under it would lose it."""
    port = free_port()
    async with started(environment(servers, database_url), "api", "--port", str(port)) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as kept:
            await poll(lambda: status_of(kept), lambda status: status == 200, deadline_seconds=120)
            process.send_signal(signal.SIGTERM)
            await poll(lambda: is_refused(port))

            last = await kept.get("/livez")
        await process.communicate()

    assert (last.status_code, last.headers["connection"]) == (200, "close")
    assert process.returncode in (0, -signal.SIGTERM)


async def test_a_connection_that_nobody_gives_up_delays_no_end(servers: Servers, database_url: str) -> None:
    """An idle one is closed after all, and the process ends."""
    port = free_port()
    async with started(environment(servers, database_url), "api", "--port", str(port)) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await poll(lambda: status_of(client), lambda status: status == 200, deadline_seconds=120)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /livez HTTP/1.1\r\nhost: notes\r\n\r\n")
        await reader.readuntil(b"alive")
        process.send_signal(signal.SIGTERM)

        await process.communicate()

    assert process.returncode in (0, -signal.SIGTERM)
    writer.close()


async def status_of(client: httpx.AsyncClient) -> int:
    """What /readyz answers; 0 while nobody listens."""
    try:
        return (await client.get("/readyz")).status_code
    except httpx.ConnectError:
        return 0


async def is_refused(port: int) -> bool:
    """Whether a new connection is taken no more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False
