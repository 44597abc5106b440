"""SIGKILL around the provider's call, with real processes (rules.md 28)."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from recovery.messages.use_cases.mark_unknown import mark_unknown
from servicekit.testing.processes import environment_of

from ..scene import HOUR, Scene

Provider = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
KILLS = 5


async def test_a_mail_whose_process_was_killed_is_never_sent_again(scene: Scene) -> None:
    """Each process dies while the provider has the mail in hand; later processes send it to nobody."""
    calls = asyncio.Queue[None]()

    async def takes_it_and_never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        calls.put_nowait(None)
        await reader.read()
        writer.close()

    for number in range(KILLS):
        cart = scene.cart()
        await scene.gives(cart, f"shopper{number}@mail.example")
        await scene.abandons(cart)
        scene.clock.advance(2 * HOUR)  # the processes' own clock is later still
        async with _provider(takes_it_and_never_answers) as address, _sending_process(scene, address):
            await asyncio.wait_for(calls.get(), 240)
    scene.clock.advance(timedelta(days=3650))
    given_up = await mark_unknown(scene.database, dry_run=False)
    async with _provider(takes_it_and_never_answers) as address, _sending_process(scene, address) as survivor:
        await survivor.wait()

    assert given_up == KILLS
    assert await scene.statuses() == ["UNKNOWN"] * KILLS
    assert (survivor.returncode, calls.qsize()) == (0, 0)


@asynccontextmanager
async def _sending_process(scene: Scene, provider: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """One run of the job, as a person would start it, with this provider of mails; killed at the end."""
    command = (sys.executable, "-m", "recovery", "jobs", "run", "CartRecoveryEmails")
    environment = {**os.environ, **environment_of(scene.settings), "AWS_ENDPOINT_URL_SESV2": provider}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def _provider(serve: Provider) -> AsyncGenerator[str]:
    """The address of a mail provider that behaves as the test wants."""
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
