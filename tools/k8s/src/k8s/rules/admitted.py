"""The servers' namespace lets in the roles that use a server, and no other pod of a service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s.catalogue import Catalogue
from k8s.objects import COMPONENT, NAME, Labels, Object, matches, of_kind

CALLERS = ("api", "worker", "jobs")
ROLES = (*CALLERS, "migrate", "gateway")
SERVICES: Labels = {"cartwheel.dev/services": "true"}
"""The label of a namespace that services run in."""
PART: Labels = {"app.kubernetes.io/part-of": "cartwheel"}
INSTANCE: Labels = {"cnpg.io/cluster": "cart-postgresql", "cnpg.io/podRole": "instance"}
POOLER: Labels = {"cnpg.io/poolerName": "cart-pooler", "cnpg.io/podRole": "pooler"}
NODE: Labels = {NAME: "rabbitmq", COMPONENT: "rabbitmq"}
REDIS: Labels = {NAME: "redis", COMPONENT: "server"}
USERS: Sequence[tuple[str, Labels, int, Sequence[str]]] = (
    ("PostgreSQL", INSTANCE, 5432, ("worker", "jobs", "migrate")),
    ("PgBouncer", POOLER, 5432, (*CALLERS, "migrate")),
    ("RabbitMQ", NODE, 5672, ("api", "worker", "migrate")),
    ("Redis", REDIS, 6379, CALLERS),
)
"""The pods that operators make, as they label them, and which roles call them."""


def faults(objects: Sequence[Object], _: Catalogue) -> Iterator[str]:
    """Roles that are kept out, roles that are let in for nothing, and pods that anybody reaches."""
    policies = [*of_kind(objects, "NetworkPolicy")]
    for server, labels, port, users in USERS:
        rules = [rule for policy in policies if matches(policy["spec"]["podSelector"], labels) for rule in _in(policy)]
        for role in ROLES:
            pod = {**PART, NAME: "cart", COMPONENT: role}
            admitted = any(_admits(rule, pod, port) for rule in rules)
            if admitted != (role in users):
                yield f"{server}: {'lets' if admitted else 'does not let'} {role} in"
        if not any(policy["spec"]["podSelector"] == {} and not [*_in(policy)] for policy in policies):
            yield f"{server}: whoever no NetworkPolicy names gets in"


def _in(policy: Object) -> Iterator[Mapping[str, Any]]:
    yield from policy["spec"].get("ingress") or ()


def _admits(rule: Mapping[str, Any], pod: Labels, port: int) -> bool:
    return port in [found["port"] for found in rule["ports"]] and any(
        "namespaceSelector" in peer
        and matches(peer["namespaceSelector"], SERVICES)
        and matches(peer.get("podSelector", {}), pod)
        for peer in rule["from"]
    )
