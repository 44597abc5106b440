"""What Prometheus reads of the running processes is what the list of metrics promises to rules and dashboards."""

import asyncio
import re

import httpx
from servicekit.cli.metrics_document import Metric, metrics_of

from .stack import SERVICES, Stack


async def test_every_process_answers_the_metrics_of_the_list(stack: Stack) -> None:
    """A worker answers all of its service's and the chassis'; an api no other ones."""
    metrics = metrics_of(SERVICES)

    async with httpx.AsyncClient() as client:
        workers = await asyncio.gather(*(types(client, stack.worker_url(service)) for service in SERVICES))
        apis = await asyncio.gather(*(types(client, stack.service_url(service)) for service in SERVICES))

    for service, worker, api in zip(SERVICES, workers, apis, strict=True):
        promised = named(metrics, service)
        assert {"worker": service, **worker} == {"worker": service, **promised}
        assert {name: api[name] for name in api if promised.get(name) != api[name]} == {}


def named(metrics: list[Metric], service: str) -> dict[str, str]:
    """The metrics that a process of this service may answer, with their types."""
    return {metric.name: metric.type for metric in metrics if metric.owner in ("servicekit", service)}


async def types(client: httpx.AsyncClient, url: str) -> dict[str, str]:
    """The metrics that a process answers, with their types; those of the interpreter apart."""
    text = (await client.get(f"{url}/metrics", headers={"accept": "text/plain"})).raise_for_status().text
    found = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    return {
        name: kind
        for name, kind in found.items()
        if not name.startswith(("python_", "process_")) and not name.endswith("_created")
    }
