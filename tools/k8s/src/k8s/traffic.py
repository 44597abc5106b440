"""What NetworkPolicies let through: from which pod to which, and to where outside their namespace."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s.objects import Object, Workload, matches

Call = tuple[str, str, str]
"""From whom, to whom, and the port there."""


@dataclass(frozen=True, slots=True)
class PossibleCall:
    """What one pod might ask of another; both sides' policies have to let it."""

    caller: Workload
    callee: Workload
    port: str

    @property
    def named(self) -> Call:
        """In words."""
        return self.caller.name, self.callee.name, self.port

    def may_leave(self, policies: Sequence[Object]) -> bool:
        """Whether the caller's policies let it."""
        return _lets(policies, "egress", "to", self.caller, self.callee, self.port)

    def may_arrive(self, policies: Sequence[Object]) -> bool:
        """Whether the callee's policies let it."""
        return _lets(policies, "ingress", "from", self.callee, self.caller, self.port)


def possible_calls(pods: Sequence[Workload]) -> Iterator[PossibleCall]:
    """Everything that could be asked: of each pod by every other, at each of its ports."""
    for callee in pods:
        yield from (
            PossibleCall(caller, callee, port) for caller in pods if caller is not callee for port in callee.ports
        )


def outside(policies: Sequence[Object], workload: Workload) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The ports to which a pod may go outside its namespace, with the block of addresses where one is given."""
    for policy in _of(policies, "egress", workload):
        for rule in policy["spec"].get("egress", ()):
            for peer in rule["to"]:
                if "namespaceSelector" in peer or "ipBlock" in peer:
                    yield from ((port["port"], peer.get("ipBlock", {})) for port in rule["ports"])


def denies_everything(policy: Object) -> bool:
    """Whether it is the policy under which nothing is let that no other policy lets."""
    spec = policy["spec"]
    both = set(spec["policyTypes"]) == {"Ingress", "Egress"}
    return both and spec["podSelector"] == {} and not spec.get("ingress") and not spec.get("egress")


def _lets(policies: Sequence[Object], way: str, field: str, of: Workload, other: Workload, port: str) -> bool:
    """Whether the policies of a pod let it exchange with another; a pod without a policy may do anything."""
    concerned = list(_of(policies, way, of))
    if not concerned:
        return True
    return any(
        any(_is_peer(peer, other) for peer in rule.get(field, [{"podSelector": {}}]))
        and port in {str(found["port"]) for found in rule.get("ports", [{"port": port}])}
        for policy in concerned
        for rule in policy["spec"].get(way, ())
    )


def _of(policies: Sequence[Object], way: str, workload: Workload) -> Iterator[Object]:
    for policy in policies:
        if way.title() in policy["spec"]["policyTypes"] and matches(policy["spec"]["podSelector"], workload.labels):
            yield policy


def _is_peer(peer: Mapping[str, Any], workload: Workload) -> bool:
    """Whether a pod of this namespace is meant; other namespaces and addresses have none of ours."""
    return "namespaceSelector" not in peer and "ipBlock" not in peer and matches(peer["podSelector"], workload.labels)
