"""Every pod is scraped under the labels that rules group by, and what is scraped has rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8s.catalogue import Catalogue
from k8s.objects import SERVER, Labels, Object, Workload, called, matches, of_kind, servers, workloads
from k8s.rules.admitted import INSTANCE, NODE

ONCE = ("migrate",)
"""Roles that end before anybody could ask them."""


@dataclass(frozen=True, slots=True)
class _Scraped:
    """Pods that measure something, and what their metrics are labelled with."""

    name: str
    labels: Labels
    service: str
    role: str
    ports: frozenset[str] | None = None
    """The names of their ports; None for pods that an operator makes."""


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """Nothing, where an overlay has no monitors at all: its cluster has no Prometheus operator."""
    monitors = [*of_kind(objects, "ServiceMonitor", "PodMonitor")]
    if not monitors:
        return
    for pods in _all(objects):
        chosen = [monitor for monitor in monitors if matches(monitor["spec"]["selector"], pods.labels)]
        if not chosen:
            yield f"{pods.name}: nothing scrapes it"
        yield from (f"{called(monitor)}: {fault}" for monitor in chosen for fault in _of_monitor(monitor, pods))
    services = [*of_kind(objects, "Service")]
    for monitor in of_kind(objects, "ServiceMonitor"):
        if not any(matches(monitor["spec"]["selector"], service["metadata"]["labels"]) for service in services):
            yield f"{called(monitor)}: chooses no Service"
    if workloads(objects) and not any(of_kind(objects, "PrometheusRule")):
        yield "what is scraped pages nobody: there is no PrometheusRule"


def _of_monitor(monitor: Object, pods: _Scraped) -> Iterator[str]:
    endpoints = monitor["spec"].get("endpoints") or monitor["spec"]["podMetricsEndpoints"]
    given = {entry["targetLabel"]: entry.get("replacement") for entry in endpoints[0]["relabelings"]}
    if (given.get("service"), given.get("role")) != (pods.service, pods.role):
        yield f"does not label what it scrapes with service {pods.service} and role {pods.role}"
    if pods.ports is not None and endpoints[0]["port"] not in pods.ports:
        yield f"asks at {endpoints[0]['port']}, a port that no container of {pods.name} names"


def _all(objects: Sequence[Object]) -> Iterator[_Scraped]:
    for workload in (*workloads(objects), *servers(objects)):
        if workload.role not in ONCE:
            role = SERVER if workload.role == "gateway" else workload.role
            yield _Scraped(workload.name, workload.labels, workload.service, role, _ports(workload))
    for kind, labels, service in (("Cluster", INSTANCE, "postgres"), ("RabbitmqCluster", NODE, "rabbitmq")):
        if any(of_kind(objects, kind)):
            yield _Scraped(kind, labels, service, SERVER)


def _ports(workload: Workload) -> frozenset[str]:
    return frozenset(port["name"] for container in workload.containers for port in container.get("ports", ()))
