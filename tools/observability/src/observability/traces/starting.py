"""The pages of traces as a process of the stack."""

import sys

from cartwheel_local.environment import TRACES
from cartwheel_local.secrets import Secrets
from localservers.home import Home
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running

from observability.prometheus import answers


async def start_traces(home: Home, secrets: Secrets) -> str:
    """Start it unless it runs, and return its address; what it has is gone with the process."""
    running = load_running(home)
    port = reserve_port(home, TRACES, in_use=TRACES in running and is_alive(running[TRACES]))
    command = [sys.executable, "-m", "observability.traces.server", "--port", str(port), "--logs", str(home.logs)]
    process = await ensure(home, secrets, Spec(TRACES, command, cwd=home.run, port=port, stage=1))
    await until_ready(home, process, lambda: answers(port, "/"))
    return f"http://127.0.0.1:{port}"
