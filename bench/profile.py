"""Where the api's time goes: stacks sampled from outside by py-spy while the api is under load."""

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from bench.errors import BenchError
from bench.layers import shares

RATE_PER_SECOND = 250
SLACK_SECONDS = 30


async def profile(pid: int, seconds: int, file: Path) -> dict[str, float]:
    """Sample the process, keep the folded stacks in `file`, and return the share of each layer.

    py-spy samples what wants to run: on a busy machine a share also has the waiting for a core in it.

    Raises BenchError where py-spy is missing or may not look into the process (it needs root, or ptrace allowed).
    """
    program = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if program is None:
        raise BenchError("py-spy is not installed")
    command = [program, "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(RATE_PER_SECOND)]
    process = await asyncio.create_subprocess_exec(
        *command, "--format", "raw", "--output", str(file), stdout=PIPE, stderr=PIPE
    )
    try:
        _, errors = await asyncio.wait_for(process.communicate(), seconds + SLACK_SECONDS)
    except TimeoutError:
        process.kill()
        raise BenchError("py-spy did not end in time") from None
    if process.returncode:
        raise BenchError(f"py-spy could not look into the api: {errors.decode()[-300:]}")
    return await asyncio.to_thread(lambda: shares(file.read_text().splitlines()))
