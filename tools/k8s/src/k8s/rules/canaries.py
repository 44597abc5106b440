"""A canary is sent something: the gateway's pods read the configuration that gives it a share."""

from collections.abc import Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import TRACK, Object, Workload, of_kind, workloads

CONFIGURATION, FILE = "gateway-canary", "nginx.conf"
"""The ConfigMap that an operator makes with `cartwheel-local gateway-config`, and its only key."""
READ_BY_NGINX = f"/etc/nginx/{FILE}"


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """Canaries that nobody calls, and gateways that wait for a share that no canary takes."""
    found = workloads(objects)
    canaries = [workload for workload in found if workload.labels.get(TRACK) == "canary"]
    services = {service["metadata"]["name"] for service in of_kind(objects, "Service")}
    switched = any(_reads_shares(workload) for workload in found if workload.role == "gateway")
    for canary in canaries:
        if f"{canary.service}-canary" not in services:
            yield f"{canary.name}: there is no Service {canary.service}-canary for the gateway to call"
        if not switched:
            yield f"{canary.name}: the gateway does not read {CONFIGURATION} at {READ_BY_NGINX}, and sends it nothing"
    if switched and not canaries:
        yield f"the gateway reads {CONFIGURATION}, and there is no canary"


def _reads_shares(gateway: Workload) -> bool:
    volumes = {
        volume["name"]
        for volume in gateway.pod["volumes"]
        if volume.get("configMap", {}).get("name") == CONFIGURATION and not volume["configMap"].get("optional")
    }
    return any(
        mount["name"] in volumes and mount["mountPath"] == READ_BY_NGINX and mount.get("subPath") == FILE
        for container in gateway.pod["containers"]
        for mount in container["volumeMounts"]
    )
