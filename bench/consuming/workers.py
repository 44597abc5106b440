"""Workers of a service that stand still until a backlog is there, and then start at once."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.stack import Stack

STOP_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes with the settings of the stack's own worker."""

    processes: Sequence[asyncio.subprocess.Process]

    @property
    def pids(self) -> list[int]:
        """Of each."""
        return [process.pid for process in self.processes]

    def pause(self) -> None:
        """Let none of them run."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let all of them run."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes:
            if process.returncode is None:
                os.kill(process.pid, number)


@asynccontextmanager
async def running_workers(
    stack: Stack, service: str, settings: Mapping[str, str], count: int
) -> AsyncGenerator[Workers]:
    """Start so many workers of a service, and stop them."""
    with stack.home.log(f"bench-{service}-workers").open("wb") as output:
        started = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", service, "worker", "--health-port", str(_free_port())),
                env=settings,
                stdout=output,
                stderr=output,
            )
            for _ in range(count)
        ]
    workers = Workers(started)
    try:
        yield workers
    finally:
        workers.go_on()
        await asyncio.gather(*map(_stop, started))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
