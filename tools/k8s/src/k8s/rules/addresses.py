"""Every address leads to pods, and a namespace refuses what is not closed."""

import re
from collections.abc import Iterator, Mapping, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object, Workload, called, matches, of_kind, servers, workloads

_IN_THE_NAMESPACE = re.compile(r"[a-z]+://(?:[^@/]*@)?(?P<host>[a-z][a-z0-9-]*):(?P<port>[0-9]+)(?:/|$)")
"""An address whose host is a single name."""
PROFILE = "pod-security.kubernetes.io/enforce"


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """Services, ingresses and settings that lead nowhere or to the wrong place."""
    answering = [found for found in (*workloads(objects), *servers(objects)) if found.source["kind"] != "Job"]
    services = {found["metadata"]["name"]: found for found in of_kind(objects, "Service")}
    for service in services.values():
        selector = {"matchLabels": service["spec"]["selector"]}
        chosen = [found for found in answering if matches(selector, found.labels)]
        if len(chosen) != 1:
            yield f"{called(service)}: leads to the pods of {len(chosen)} workloads, not of 1"
        else:
            yield from (f"{called(service)}: {fault}" for fault in _of_ports(service, chosen[0]))
    for ingress in of_kind(objects, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                if path["backend"]["service"]["name"] != "gateway" or "gateway" not in services:
                    yield f"{called(ingress)}: leads past the gateway"
    yield from _settings(objects, services)
    yield from _namespaces(objects)


def _settings(objects: Sequence[Object], services: Mapping[str, Object]) -> Iterator[str]:
    """Settings that lead to a name of this namespace which nobody has, or to a port that does not answer there."""
    for setting, value in sorted({*_values(objects)}):
        if address := _IN_THE_NAMESPACE.match(value):
            host, port = address["host"], int(address["port"])
            answering = {found["port"] for found in services.get(host, {"spec": {"ports": ()}})["spec"]["ports"]}
            if port not in answering:
                yield f"{setting} leads to {host}:{port}, where no Service answers"


def _values(objects: Sequence[Object]) -> Iterator[tuple[str, str]]:
    for found in of_kind(objects, "ConfigMap", "Secret"):
        yield from found.get("data", {}).items()
        yield from found.get("stringData", {}).items()
    for workload in workloads(objects):
        for container in workload.containers:
            yield from ((entry["name"], str(entry.get("value", ""))) for entry in container.get("env", ()))


def _of_ports(service: Object, workload: Workload) -> Iterator[str]:
    named = {port.get("name") for container in workload.containers for port in container.get("ports", ())}
    for port in service["spec"]["ports"]:
        if port.get("targetPort") not in named:
            yield f"no container of {workload.name} names a port {port.get('targetPort')}"


def _namespaces(objects: Sequence[Object]) -> Iterator[str]:
    names = set()
    for namespace in of_kind(objects, "Namespace"):
        names.add(namespace["metadata"]["name"])
        if namespace["metadata"].get("labels", {}).get(PROFILE) != "restricted":
            yield f"{called(namespace)}: does not refuse pods that are not restricted"
    for found in objects:
        if found["kind"] != "Namespace" and found["metadata"].get("namespace") not in names:
            yield f"{called(found)}: is in no namespace of the overlay"
