"""Every pod is closed, probed where something answers, given what it needs, and ended gently."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s.catalogue import Catalogue
from k8s.objects import (
    COMPONENT,
    NAME,
    Labels,
    Object,
    Workload,
    called,
    image_of_ours,
    matches,
    of_kind,
    servers,
    workloads,
)

GRACE_SECONDS = 45
"""A pod that ends has something in hand for 40 s at most."""
PROBED = {"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
GATEWAY_PATH = "/api/openapi.json"
FLOATING = ("", "latest", "unreleased")
"""Tags that name no version; the last is what the base has, for an overlay to replace."""


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """What is wrong with each pod, and the roles that a drained node takes away at once."""
    ours = workloads(objects)
    for workload in (*ours, *servers(objects)):
        yield from (f"{workload.name}: {fault}" for fault in _faults(workload))
    budgets = [*of_kind(objects, "PodDisruptionBudget")]
    for workload in ours:
        if workload.source["kind"] == "Deployment":
            found = [budget for budget in budgets if matches(budget["spec"]["selector"], workload.labels)]
            if len(found) != 1:
                yield f"{workload.name}: {len(found)} PodDisruptionBudgets choose its pods, not 1"
    chosen = [*(workload.labels for workload in ours), *_made_by_operators(objects)]
    for budget in budgets:
        if budget["spec"].get("maxUnavailable") == 0 or not any(
            matches(budget["spec"]["selector"], each) for each in chosen
        ):
            yield f"{called(budget)}: lets no pod go, or chooses none"


def _made_by_operators(objects: Sequence[Object]) -> Iterator[Labels]:
    """The labels of pods that operators make of what is here, and give no budget."""
    for pooler in of_kind(objects, "Pooler"):
        yield {"cnpg.io/poolerName": pooler["metadata"]["name"]}
    for broker in of_kind(objects, "RabbitmqCluster"):
        yield {NAME: broker["metadata"]["name"], COMPONENT: "rabbitmq"}


def _faults(workload: Workload) -> Iterator[str]:
    pod = workload.pod
    security = pod.get("securityContext", {})
    if not security.get("runAsNonRoot") or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "may make any system call"
    if pod.get("automountServiceAccountToken") is not False:
        yield "is given a token of the cluster"
    if pod.get("enableServiceLinks") is not False:
        yield "is given variables about every Service of the namespace"
    if any(pod.get(shared) for shared in ("hostNetwork", "hostPID", "hostIPC")):
        yield "shares its node's network or processes"
    if pod.get("terminationGracePeriodSeconds", 30) < GRACE_SECONDS:
        yield f"is killed before {GRACE_SECONDS} s"
    if workload.source["kind"] == "Deployment" and len(pod.get("topologySpreadConstraints", ())) < 2:
        yield "is not spread over zones and nodes"
    for container in workload.containers:
        yield from _of_container(container, workload)


def _of_container(container: Object, workload: Workload) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may gain privileges"
    if not security.get("readOnlyRootFilesystem"):
        yield "can write to its root file system"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    requests, limits = (container.get("resources", {}).get(kind, {}) for kind in ("requests", "limits"))
    if not {"cpu", "memory"} <= set(requests) or "memory" not in limits:
        yield "asks for no CPU or memory, or has no limit of memory"
    if (fault := _tag_fault(str(container["image"]))) is not None:
        yield fault
    if workload.source["kind"] == "Deployment" and image_of_ours(container):
        yield from _probes(container, gateway=workload.role == "gateway")
    elif workload.source["kind"] != "Job":
        yield from (f"{container['name']} has no {probe}" for probe in PROBED if probe not in container)


def _tag_fault(image: str) -> str | None:
    tag = image.rsplit("/", maxsplit=1)[-1].partition(":")[2]
    return f"{image} has no tag of its own" if "@" not in image and tag in FLOATING else None


def _probes(container: Object, *, gateway: bool) -> Iterator[str]:
    ports = {port["name"] for port in container.get("ports", ())}
    for probe, path in PROBED.items():
        requested: Mapping[str, Any] = container.get(probe, {}).get("httpGet", {})
        wanted = GATEWAY_PATH if gateway else path
        if requested.get("path") != wanted or requested.get("port") not in ports:
            yield f"{probe} does not ask for {wanted} at a port of the container"
