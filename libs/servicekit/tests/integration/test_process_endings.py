"""How a process ends is in its log: real processes, with their command line around them."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, make_settings
from servicekit.testing.processes import environment_of, free_port

START = "from notes import NOTES; from servicekit.cli.main import main; main(NOTES)"
START_BROKEN = """
from contextlib import asynccontextmanager
from dataclasses import replace
from notes import NOTES
from servicekit.cli.main import main

@asynccontextmanager
async def open_parts(kit):
    raise BrokenPipeError(32, "Broken pipe")
    yield

main(replace(NOTES, open_parts=open_parts))
"""


@asynccontextmanager
async def worker(program: str, servers: Servers, database_url: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A worker whose log is its output; killed in the end if it still runs."""
    settings = make_settings(ServiceSettings, servers, database_url)
    environment = environment_of(settings) | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = (sys.executable, "-c", program, "worker", "--health-port", str(free_port()))
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_connection_that_breaks_at_the_start_leaves_a_line(servers: Servers, database_url: str) -> None:
    """The command line's library takes a broken pipe for a closed terminal, and would end with status 1 in silence."""
    async with worker(START_BROKEN, servers, database_url) as process:
        output, _ = await asyncio.wait_for(process.communicate(), 120)

    last = json.loads(output.splitlines()[-1])
    assert (last["event"], last["error"]) == ("process_failed", "BrokenPipeError: [Errno 32] Broken pipe")
    assert process.returncode == 1


async def test_a_worker_that_waits_for_its_broker_says_so_and_stops_when_told(
    servers: Servers, database_url: str
) -> None:
    """An empty log would leave whoever looks without a reason why it is not ready."""
    nowhere = replace(servers, rabbitmq_url="amqp://127.0.0.1:1/")
    async with worker(START, nowhere, database_url) as process:
        await asyncio.wait_for(_read_until(process, "waiting_for_broker"), 120)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(_read_until(process, "process_stopped"), 120)
        code = await asyncio.wait_for(process.wait(), 120)

    assert code == 0


async def _read_until(process: asyncio.subprocess.Process, event: str) -> dict[str, Any]:
    """Read the log until this event; AssertionError when the process ends before."""
    assert process.stdout is not None
    async for line in process.stdout:
        entry: dict[str, Any] = json.loads(line)
        if entry["event"] == event:
            return entry
    raise AssertionError(f"the process ended before {event}")
