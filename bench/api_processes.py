"""Several api processes of the cart service behind one address, as production has them."""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

import psutil

from bench.errors import BenchError
from bench.load.connection import Connection
from bench.stack import Stack

READY_SECONDS = 120.0
STOP_SECONDS = 30.0
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class ApiProcesses:
    """Where they answer, and which they are."""

    address: str
    pids: tuple[int, ...]


@asynccontextmanager
async def api_processes(
    stack: Stack, count: int, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncGenerator[ApiProcesses]:
    """Start so many with the settings of the stack's own api, and stop them; raises BenchError if one does not start.

    What `settings` says goes before the stack's. They accept from one socket, which they inherit, so the system shares
    the connections out among them.
    """
    environment = {**psutil.Process(stack.pids()["cart-api"]).environ(), **settings}
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        port, log = listening.getsockname()[1], stack.home.log("bench-api")
        command = [sys.executable, "-m", "cart", "api", "--fd", str(listening.fileno())]
        with log.open("wb") as output:
            started = [
                await asyncio.create_subprocess_exec(
                    *command, env=environment, stdout=output, stderr=output, pass_fds=(listening.fileno(),)
                )
                for _ in range(count)
            ]
        try:
            await _until_ready(started, port)
            yield ApiProcesses(f"http://127.0.0.1:{port}", tuple(process.pid for process in started))
        finally:
            await asyncio.gather(*map(_stop, started))


async def _until_ready(started: Sequence[asyncio.subprocess.Process], port: int) -> None:
    """Open connections until each of them has accepted one."""
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    opened: list[Connection] = []
    try:
        while not all(_has_accepted(process.pid, port) for process in started):
            over = asyncio.get_running_loop().time() > deadline
            if over or any(process.returncode is not None for process in started):
                raise BenchError("an api process did not start")
            opened.append(await Connection.open("127.0.0.1", port))
            await asyncio.sleep(0.05)
    finally:
        for connection in opened:
            connection.close()


def _has_accepted(pid: int, port: int) -> bool:
    connections = psutil.Process(pid).net_connections(kind="tcp")
    return any(one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port for one in connections)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
