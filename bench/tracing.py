"""What tracing costs an add: nothing recorded, one trace in ten, and every one, sent to a collector on this machine."""

from localservers.processes import stop
from localservers.state import load_running
from observability.traces.starting import start_traces

from bench.api_processes import api_processes
from bench.session import Session
from bench.stack import API_ALONE

RATIOS = {"no traces": None, "traces of 10 %": "0.1", "traces of all": "1.0"}
"""The row's name, and OTEL_TRACES_SAMPLER_RATIO."""
_CONNECTIONS = (1, 16)


async def traced_adds(session: Session) -> None:
    """Adds to one api process at each ratio; the collector takes its part of the same cores."""
    stack = session.stack
    await stack.keep_only(API_ALONE)
    collector = await start_traces(stack.home, stack.secrets)
    try:
        for where, ratio in RATIOS.items():
            settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_TRACES_SAMPLER_RATIO": ratio} if ratio else {}
            async with api_processes(stack, 1, settings) as apis:
                for connections in _CONNECTIONS:
                    requests = await session.requests_of("add item", session.plan.prepared("add item"))
                    await session.closed(where, "add item", connections, apis.address, requests, api=apis.pids)
    finally:
        await stop(stack.home, load_running(stack.home)["traces"])
