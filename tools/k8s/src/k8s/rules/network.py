"""The network lets through every call that services really make, and no other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s.catalogue import Catalogue
from k8s.objects import Object, Workload, matches, of_kind, workloads

Call = tuple[str, str, str]
"""From whom, to whom, and the port there."""

CALLERS = ("api", "worker", "jobs")
SERVERS = {
    5432: ("api", "worker", "jobs", "migrate"),
    6379: ("api", "worker", "jobs"),
    5672: ("api", "worker", "migrate"),
}
"""Which roles use PostgreSQL, Redis and RabbitMQ, by their ports."""
ANYWHERE = "0.0.0.0/0"


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Calls that are made and would not arrive, and calls that nobody makes and that would."""
    ours = [workload for workload in workloads(objects) if workload.role != "aws"]
    policies = [*of_kind(objects, "NetworkPolicy")]
    made = set(_made(ours, catalogue))
    leaving = {call.named for call in _calls(ours) if call.may_leave(policies)}
    arriving = {call.named for call in _calls(ours) if call.may_arrive(policies)}
    for caller, called, port in sorted(made - (leaving & arriving)):
        yield f"{caller} calls {called} at {port}, and no NetworkPolicy lets it"
    for caller, called, port in sorted((leaving | arriving) - made):
        yield f"a NetworkPolicy lets {caller} call {called} at {port}, which it never does"
    if not any(_denies_everything(policy) for policy in policies):
        yield "a pod that no NetworkPolicy chooses may call everybody"
    yield from _of_servers(ours, policies)
    yield from _outward(ours, policies, catalogue)


def _made(ours: Sequence[Workload], catalogue: Catalogue) -> Iterator[Call]:
    """The calls that manifests name: the gateway's to who answers at it, and a service's to its upstreams."""
    for callee in ours:
        manifest = catalogue.manifests.get(callee.service)
        if callee.role != "api" or manifest is None:
            continue
        for caller in ours:
            of_gateway = caller.role == "gateway" and manifest.gateway.all_paths
            calling = catalogue.manifests.get(caller.service)
            of_service = calling and caller.role in CALLERS and manifest.name in calling.upstreams
            if of_gateway or of_service:
                yield caller.name, callee.name, str(manifest.api.port)


@dataclass(frozen=True, slots=True)
class _Call:
    """What one pod might ask of another; both sides' policies have to let it."""

    caller: Workload
    callee: Workload
    port: str

    @property
    def named(self) -> Call:
        return self.caller.name, self.callee.name, self.port

    def may_leave(self, policies: Sequence[Object]) -> bool:
        return _lets(policies, "egress", "to", self.caller, self.callee, self.port)

    def may_arrive(self, policies: Sequence[Object]) -> bool:
        return _lets(policies, "ingress", "from", self.callee, self.caller, self.port)


def _calls(ours: Sequence[Workload]) -> Iterator[_Call]:
    """Everything that could be asked: of each pod by every other, at each of its ports."""
    for callee in ours:
        ports = {str(port["containerPort"]) for found in callee.containers for port in found.get("ports", ())}
        yield from (_Call(caller, callee, port) for caller in ours if caller is not callee for port in ports)


def _denies_everything(policy: Object) -> bool:
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


def _of_servers(ours: Sequence[Workload], policies: Sequence[Object]) -> Iterator[str]:
    for workload in ours:
        leaves = {port for port, _ in _outside(policies, workload)}
        for port, roles in SERVERS.items():
            if (workload.role in roles) != (port in leaves):
                uses = "uses" if workload.role in roles else "does not use"
                yield f"{workload.name} {uses} port {port}, and its NetworkPolicies say otherwise"


def _outward(ours: Sequence[Workload], policies: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """To the internet goes who reads the keys of tokens, an api, and who calls AWS; never into private networks."""
    for workload in ours:
        manifest = catalogue.manifests.get(workload.service)
        wanted = workload.role == "api" or (workload.role in ("worker", "jobs") and bool(manifest and manifest.aws))
        blocks = [block for port, block in _outside(policies, workload) if port == 443]
        if wanted != bool(blocks):
            calls = "calls" if wanted else "does not call"
            yield f"{workload.name} {calls} the internet, and its NetworkPolicies say otherwise"
        for block in blocks:
            if block.get("cidr") == ANYWHERE and "169.254.0.0/16" not in block.get("except", ()):
                yield f"{workload.name} reaches the address of a cloud's metadata"


def _outside(policies: Sequence[Object], workload: Workload) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The ports to which a pod may go outside its namespace, with the block of addresses where one is given."""
    for policy in _of(policies, "egress", workload):
        for rule in policy["spec"].get("egress", ()):
            for peer in rule["to"]:
                if "namespaceSelector" in peer or "ipBlock" in peer:
                    yield from ((port["port"], peer.get("ipBlock", {})) for port in rule["ports"])
