"""Closed loop: so many connections, each sending its next request when the last one was answered. Throughput.

wrk does it, because it leaves nearly all of the machine to what is measured.
"""

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE
from pathlib import Path

from bench.errors import BenchError
from bench.histogram import Histogram
from bench.result import Load

SCRIPT = Path(__file__).with_name("closed.lua")
SLACK_SECONDS = 30


async def closed_loop(address: str, requests: Path, *, connections: int, seconds: int) -> Load:
    """Send the file's requests, from the first again after the last; raises BenchError when wrk fails."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise BenchError("wrk is not installed: install the package wrk")
    command = [
        wrk,
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(SCRIPT),
        address,
        "--",
        str(requests),
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    before = _children_cpu()
    try:
        out, errors = await asyncio.wait_for(process.communicate(), seconds + SLACK_SECONDS)
    except TimeoutError:
        process.kill()
        raise BenchError(f"wrk did not end within {seconds + SLACK_SECONDS} s") from None
    if process.returncode:
        raise BenchError(f"wrk ended with {process.returncode}: {(errors or out).decode()[-300:]}")
    seen = json.loads(errors)
    statuses = {str(status): int(count) for status, count in seen["statuses"].items()}
    if seen["lost"]:
        statuses["error"] = seen["lost"]
    return Load(seen["seconds"], statuses, Histogram.of(seen["latency"]), _children_cpu() - before)


def _children_cpu() -> float:
    """CPU seconds of the children that have ended, which wrk is when it is asked again."""
    times = os.times()
    return times.children_user + times.children_system
