"""Behind an ingress, the gateway is told whose X-Forwarded-For it may believe: else all shoppers share one address."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from k8s.catalogue import Catalogue
from k8s.objects import Object, of_kind, workloads

PLACE = "/etc/nginx/trusted-proxies"
"""Where nginx reads files *.conf that name the networks."""
REACHED_FROM_OUTSIDE = ("LoadBalancer", "NodePort")
WIDEST = 8
"""Bits of a network's prefix at least: a wider one has whoever is on the internet."""
_DIRECTIVE = re.compile(r"set_real_ip_from\s+(?P<network>\S+);")


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """A gateway that is reached through others and believes nobody, or believes everybody."""
    if not _has_someone_in_front(objects):
        return
    files = {found["metadata"]["name"]: found.get("data", {}) for found in of_kind(objects, "ConfigMap")}
    for gateway in (workload for workload in workloads(objects) if workload.role == "gateway"):
        name = _mounted(gateway.pod)
        if name not in files:
            yield f"{gateway.name}: no ConfigMap is mounted at {PLACE}, so all shoppers share one address' limits"
            continue
        lines = [line for file, text in files[name].items() if file.endswith(".conf") for line in _lines(text)]
        if not lines:
            yield f"ConfigMap {name}: no file *.conf names a network, so all shoppers share one address' limits"
        yield from (f"ConfigMap {name}: {fault}" for line in lines for fault in _of_line(line))


def _has_someone_in_front(objects: Sequence[Object]) -> bool:
    services = (found for found in of_kind(objects, "Service") if found["metadata"]["name"] == "gateway")
    return any(of_kind(objects, "Ingress")) or any(
        service["spec"].get("type") in REACHED_FROM_OUTSIDE for service in services
    )


def _mounted(pod: Object) -> str | None:
    volumes = {volume["name"]: volume.get("configMap", {}).get("name") for volume in pod.get("volumes", ())}
    mounts = (mount for container in pod["containers"] for mount in container.get("volumeMounts", ()))
    return next((volumes.get(mount["name"]) for mount in mounts if mount["mountPath"] == PLACE), None)


def _lines(text: str) -> list[str]:
    stripped = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in stripped if line]


def _of_line(line: str) -> Iterator[str]:
    directive = _DIRECTIVE.fullmatch(line)
    try:
        network = ip_network(directive["network"] if directive else "")
    except ValueError:
        yield f"is not `set_real_ip_from NETWORK;`: {line}"
    else:
        if network.prefixlen < WIDEST:
            yield f"believes everybody in {network}"
