"""Open loop: requests arrive at a fixed rate, whether or not earlier ones were answered. Latency.

A latency counts from the moment the request was due, so a server that stalls is charged for all who would have come
meanwhile. Run as a process of its own: `python -m bench.load.open`, with its orders as JSON on standard input.
"""

import asyncio
import json
import selectors
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.errors import BenchError
from bench.histogram import Histogram
from bench.load import requests as files
from bench.load.connection import Connection
from bench.load.schedule import arrivals
from bench.result import Load

CONNECTIONS = 64
DRAIN_SECONDS = 10.0
"""How long answers are waited for after the last arrival; what is missing then counts as an error."""
SLACK_SECONDS = 30


async def open_loop(
    address: str, requests: Path, *, rate: float, seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Send the file's requests at a rate, in a process of its own; raises BenchError when that fails."""
    given = {"address": address, "requests": str(requests), "rate": rate, "seconds": seconds}
    orders = json.dumps({**given, "connections": connections})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load.open", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        limit = seconds + DRAIN_SECONDS + SLACK_SECONDS
        out, errors = await asyncio.wait_for(process.communicate(orders.encode()), limit)
    except TimeoutError:
        process.kill()
        raise BenchError("the open loop did not end in time") from None
    if process.returncode:
        raise BenchError(f"the open loop failed: {errors.decode()[-300:]}")
    seen = json.loads(out)
    latency, lateness = Histogram.of(seen["latency"]), Histogram.of(seen["lateness"])
    return Load(seen["seconds"], seen["statuses"], latency, seen["cpu"], lateness)


@dataclass(slots=True)
class Arrivals:
    """Sends each request when it is due, over connections of which the one idle longest goes first."""

    host: str
    port: int
    connections: int = CONNECTIONS
    statuses: Counter[str] = field(default_factory=Counter)
    latency: Histogram = field(default_factory=Histogram)
    lateness: Histogram = field(default_factory=Histogram)
    _idle: "asyncio.Queue[Connection]" = field(default_factory=asyncio.Queue)

    async def run(self, requests: Sequence[bytes], rate: float, seconds: float) -> float:
        """Send them all and return the seconds from the first arrival to the last answer."""
        for _ in range(self.connections):
            self._idle.put_nowait(await Connection.open(self.host, self.port))
        started = time.perf_counter()
        pending: set[asyncio.Task[None]] = set()
        for index, offset in enumerate(arrivals(rate, seconds)):
            due = started + offset
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            task = asyncio.create_task(self._send(requests[index % len(requests)], due))
            pending.add(task)
            task.add_done_callback(pending.discard)
        if pending:
            _, missing = await asyncio.wait(pending, timeout=DRAIN_SECONDS)
            for task in missing:
                self.statuses["error"] += 1
                task.cancel()
        ended = time.perf_counter()
        while not self._idle.empty():
            self._idle.get_nowait().close()
        return ended - started

    async def _send(self, request: bytes, due: float) -> None:
        connection = await self._idle.get()
        self.lateness.add(time.perf_counter() - due)
        try:
            answer = await connection.ask(request)
        except ConnectionError:
            self.statuses["error"] += 1
            connection = await Connection.open(self.host, self.port)
        else:
            self.statuses[str(answer.status)] += 1
            self.latency.add(time.perf_counter() - due)
        self._idle.put_nowait(connection)


async def _run(orders: dict[str, object]) -> None:
    address = urlsplit(str(orders["address"]))
    load = Arrivals(address.hostname or "127.0.0.1", address.port or 80, int(str(orders["connections"])))
    requests = files.read(Path(str(orders["requests"])))
    cpu = time.process_time()
    seconds = await load.run(requests, float(str(orders["rate"])), float(str(orders["seconds"])))
    seen = {
        "seconds": seconds,
        "statuses": {status: count for status, count in load.statuses.items() if count},
        "latency": load.latency.as_json(),
        "lateness": load.lateness.as_json(),
        "cpu": time.process_time() - cpu,
    }
    json.dump(seen, sys.stdout)


def _precise_loop() -> asyncio.AbstractEventLoop:
    """A loop that wakes to the microsecond: epoll, the usual selector, rounds up to a whole millisecond."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=_precise_loop) as runner:
        runner.run(_run(json.load(sys.stdin)))
