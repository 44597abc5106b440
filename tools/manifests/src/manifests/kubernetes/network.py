"""Who may talk to whom: nobody, but for the calls that the manifests name."""

from collections.abc import Iterator, Sequence
from typing import Any

from manifests.kubernetes.exporters import NGINX_PORT
from manifests.kubernetes.gateway import PORT as GATEWAY_PORT
from manifests.kubernetes.objects import COMPONENT, NAME, PART, PART_OF, Object, kind, pods
from manifests.model import Manifest

CALLERS = ("api", "worker", "jobs")
"""The roles of a service that may call its upstreams."""
MONITORING = {"namespaceSelector": {"matchLabels": {"cartwheel.dev/monitoring": "true"}}}
"""The namespace of Prometheus and of the collector of traces."""
INGRESS = {"namespaceSelector": {"matchLabels": {"cartwheel.dev/ingress": "true"}}}
SERVERS = {"namespaceSelector": {"matchLabels": {"cartwheel.dev/servers": "true"}}}
"""The namespace of PostgreSQL, Redis and RabbitMQ; who has them outside the cluster gives their addresses instead."""
OUTSIDE = {
    "ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]}
}
"""The internet without any private network, and without a cloud's address of metadata."""

PORTS = {"postgresql": (5432,), "redis": (6379,), "rabbitmq": (5671, 5672)}
USERS = {
    "postgresql": ("api", "worker", "jobs", "migrate"),
    "redis": ("api", "worker", "jobs"),
    "rabbitmq": ("api", "worker", "migrate"),
}
"""Which roles use a server."""


def common() -> list[Object]:
    """Nothing at all, names, the servers by role, and traces."""
    everything = {"matchLabels": {PART: PART_OF}}
    return [
        policy("default-deny", {}, policyTypes=["Ingress", "Egress"]),
        policy("names", everything, egress=[egress(_DNS, 53, protocols=("UDP", "TCP"))]),
        *(policy(server, roles(USERS[server]), egress=[egress(SERVERS, *PORTS[server])]) for server in PORTS),
        policy("traces", roles(CALLERS), egress=[egress(MONITORING, 4318)]),
    ]


def of_service(manifest: Manifest, manifests: Sequence[Manifest]) -> list[Object]:
    """Who may call a service, and whom it may call."""
    name = manifest.name
    callers = [{"podSelector": choosing(caller.name, CALLERS)} for caller in manifests if name in caller.upstreams]
    if manifest.gateway.all_paths:
        callers.insert(0, {"podSelector": pods("gateway", "gateway")})
    found = [
        policy(f"{name}-api", pods(name, "api"), ingress=[ingress([*callers, MONITORING], manifest.api.port)]),
        policy(
            f"{name}-worker", choosing(name, ("worker", "jobs")), ingress=[ingress([MONITORING], manifest.worker.port)]
        ),
    ]
    outward = [*_upstreams(manifest, manifests)]
    if outward:
        found.append(policy(f"{name}-upstreams", choosing(name, CALLERS), egress=outward))
    return [*found, *_outside(manifest)]


def of_gateway(manifests: Sequence[Manifest]) -> list[Object]:
    """The ingress may call the gateway, and the gateway every service that answers at it."""
    routed = [manifest for manifest in manifests if manifest.gateway.all_paths]
    return [
        policy(
            "gateway",
            pods("gateway", "gateway"),
            ingress=[ingress([INGRESS], GATEWAY_PORT), ingress([MONITORING], NGINX_PORT)],
            egress=[egress({"podSelector": pods(found.name, "api")}, found.api.port) for found in routed],
        )
    ]


def _upstreams(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[dict[str, Any]]:
    for upstream in manifests:
        if upstream.name in manifest.upstreams:
            yield egress({"podSelector": pods(upstream.name, "api")}, upstream.api.port)


def _outside(manifest: Manifest) -> Iterator[Object]:
    """Keys of tokens are published outside, which an api reads; and AWS is outside."""
    yield policy(f"{manifest.name}-keys", pods(manifest.name, "api"), egress=[egress(OUTSIDE, 443)])
    if manifest.aws:
        yield policy(f"{manifest.name}-aws", choosing(manifest.name, ("worker", "jobs")), egress=[egress(OUTSIDE, 443)])


_DNS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


def choosing(name: str, components: Sequence[str]) -> dict[str, Any]:
    """A selector of the pods of some of a service's roles."""
    return {"matchLabels": {NAME: name}, "matchExpressions": roles(components)["matchExpressions"]}


def roles(components: Sequence[str]) -> dict[str, Any]:
    """A selector of the pods of these roles of every service."""
    return {
        "matchLabels": {PART: PART_OF},
        "matchExpressions": [{"key": COMPONENT, "operator": "In", "values": list(components)}],
    }


def _ports(ports: Sequence[int], protocols: Sequence[str]) -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": port} for port in ports for protocol in protocols]


def ingress(callers: Sequence[object], *ports: int) -> dict[str, Any]:
    """A rule that lets these in at these ports."""
    return {"from": list(callers), "ports": _ports(ports, ("TCP",))}


def egress(to: object, *ports: int, protocols: Sequence[str] = ("TCP",)) -> dict[str, Any]:
    """A rule that lets out to it at these ports."""
    return {"to": [to], "ports": _ports(ports, protocols)}


def policy(name: str, selector: object, **rules: Any) -> Object:
    """What the pods that are chosen may exchange, and with whom."""
    rules.setdefault("policyTypes", [rule.title() for rule in rules])
    spec = {"podSelector": selector, **rules}
    return kind("networking.k8s.io/v1", "NetworkPolicy", name, {PART: PART_OF}, spec=spec)
