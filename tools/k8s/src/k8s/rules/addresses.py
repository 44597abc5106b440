"""Every address leads to pods, every pod is scraped, and a namespace refuses what is not closed."""

from collections.abc import Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object, called, matches, of_kind, workloads

PROFILE = "pod-security.kubernetes.io/enforce"


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """Services, ingresses and monitors that lead nowhere or to the wrong place."""
    deployments = [found for found in workloads(objects) if found.source["kind"] == "Deployment"]
    services = {found["metadata"]["name"]: found for found in of_kind(objects, "Service")}
    for service in services.values():
        chosen = [d.name for d in deployments if matches({"matchLabels": service["spec"]["selector"]}, d.labels)]
        if service["metadata"]["labels"].get("app.kubernetes.io/part-of") == "cartwheel" and len(chosen) != 1:
            yield f"{called(service)}: leads to the pods of {len(chosen)} Deployments, not of 1"
    for ingress in of_kind(objects, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                if path["backend"]["service"]["name"] != "gateway" or "gateway" not in services:
                    yield f"{called(ingress)}: leads past the gateway"
    yield from _namespaces(objects)
    yield from _monitors(objects)


def _namespaces(objects: Sequence[Object]) -> Iterator[str]:
    names = set()
    for namespace in of_kind(objects, "Namespace"):
        names.add(namespace["metadata"]["name"])
        if namespace["metadata"].get("labels", {}).get(PROFILE) != "restricted":
            yield f"{called(namespace)}: does not refuse pods that are not restricted"
    for found in objects:
        if found["kind"] != "Namespace" and found["metadata"].get("namespace") not in names:
            yield f"{called(found)}: is in no namespace of the overlay"


def _monitors(objects: Sequence[Object]) -> Iterator[str]:
    """Nothing, where an overlay has no monitors at all: its cluster has no Prometheus operator."""
    monitors = [*of_kind(objects, "ServiceMonitor", "PodMonitor")]
    services = [*of_kind(objects, "Service")]
    scraped: set[str] = set()
    for monitor in monitors:
        endpoints = monitor["spec"].get("endpoints") or monitor["spec"]["podMetricsEndpoints"]
        given = {entry["targetLabel"]: entry.get("replacement") for entry in endpoints[0]["relabelings"]}
        for workload in workloads(objects):
            if matches(monitor["spec"]["selector"], workload.labels):
                scraped.add(workload.name)
                if (given.get("service"), given.get("role")) != (workload.service, workload.role):
                    yield f"{called(monitor)}: does not label what it scrapes with service and role"
        if monitor["kind"] == "ServiceMonitor" and not any(
            matches(monitor["spec"]["selector"], service["metadata"]["labels"]) for service in services
        ):
            yield f"{called(monitor)}: chooses no Service"
    for workload in workloads(objects):
        if monitors and workload.role in ("api", "worker", "jobs") and workload.name not in scraped:
            yield f"{workload.name}: nothing scrapes it"
