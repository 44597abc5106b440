"""Who reaches the servers that operators run: services by role, the servers' own kind, operators, and Prometheus."""

from collections.abc import Mapping, Sequence
from typing import Any

from manifests.kubernetes.exporters import REDIS_PORT
from manifests.kubernetes.network import CALLERS, MONITORING, USERS, ingress, policy, roles
from manifests.kubernetes.objects import Object

INSTANCES: Mapping[str, Any] = {
    "matchExpressions": [
        {"key": "cnpg.io/cluster", "operator": "Exists"},
        {"key": "cnpg.io/poolerName", "operator": "DoesNotExist"},
    ]
}
POOLERS: Mapping[str, Any] = {"matchExpressions": [{"key": "cnpg.io/poolerName", "operator": "Exists"}]}
NODES: Mapping[str, Any] = {
    "matchLabels": {"app.kubernetes.io/name": "rabbitmq", "app.kubernetes.io/component": "rabbitmq"}
}
REDIS: Mapping[str, Any] = {"matchLabels": {"app.kubernetes.io/name": "redis", "app.kubernetes.io/component": "server"}}
SERVICES = {"namespaceSelector": {"matchLabels": {"cartwheel.dev/services": "true"}}}
"""The namespaces of production and staging."""
PAST_THE_POOLER = ("worker", "jobs", "migrate")
"""Who holds locks of a session, and changes tables."""


def policies() -> list[Object]:
    """Nobody, but for these. Ways out are open: an instance calls Kubernetes and S3, whose addresses no label names."""
    return [
        policy("default-deny", {}, ingress=[]),
        policy(
            "instances",
            INSTANCES,
            ingress=[
                ingress([_services(PAST_THE_POOLER), {"podSelector": POOLERS}], 5432),
                ingress([{"podSelector": INSTANCES}, _namespace("cnpg-system")], 5432, 8000),
                ingress([MONITORING], 9187),
            ],
        ),
        policy(
            "poolers",
            POOLERS,
            ingress=[ingress([_services(USERS["postgresql"])], 5432), ingress([MONITORING], 9127)],
        ),
        policy(
            "rabbitmq",
            NODES,
            ingress=[
                ingress([_services(USERS["rabbitmq"]), _namespace("keda")], 5672),
                ingress([{"podSelector": NODES}], 4369, 25672),
                ingress([_namespace("rabbitmq-system")], 15672),
                ingress([MONITORING], 15692),
            ],
        ),
        policy("redis", REDIS, ingress=[ingress([_services(CALLERS)], 6379), ingress([MONITORING], REDIS_PORT)]),
    ]


def _services(components: Sequence[str]) -> dict[str, Any]:
    return {**SERVICES, "podSelector": roles(components)}


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
