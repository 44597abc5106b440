"""The process that serves the bare route."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cartwheel_local.console_reporter import last_lines
from localservers.ports import reserve_port

from bench.errors import BenchError
from bench.limits.bare import VARIABLE
from bench.limits.data import LimitData
from bench.load.connection import Connection
from bench.stack import Stack

READY_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class BareServer:
    """Where it answers, and as which process."""

    address: str
    pid: int


@asynccontextmanager
async def bare_server(stack: Stack, data: LimitData) -> AsyncGenerator[BareServer]:
    """Start the bare route, and stop it at the end; raises BenchError with the end of its log."""
    port, log = reserve_port(stack.home, "bench-bare"), stack.home.log("bench-bare")
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.limits.bare",
            str(port),
            env={**os.environ, VARIABLE: data.as_json()},
            stdout=output,
            stderr=output,
        )
    try:
        await _until_open(process, port, log)
        yield BareServer(f"http://127.0.0.1:{port}", process.pid)
    finally:
        await _end(process)


async def _until_open(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        try:
            (await Connection.open("127.0.0.1", port)).close()
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return
    raise BenchError(f"the bare route did not start: {'; '.join(last_lines(log, 5))}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
