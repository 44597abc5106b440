"""The network lets through every call between pods that is really made, and no other."""

from collections.abc import Iterator, Sequence

from k8s.catalogue import Catalogue
from k8s.objects import Object, Workload, of_kind, servers, workloads
from k8s.rules.outward import CALLERS, uses
from k8s.traffic import Call, denies_everything, possible_calls


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Calls that are made and would not arrive, and calls that nobody makes and that would."""
    ours, brought = workloads(objects), servers(objects)
    policies = [*of_kind(objects, "NetworkPolicy")]
    made = {*_between_services(ours, catalogue), *_to_servers(ours, brought, catalogue)}
    possible = [*possible_calls([*ours, *brought])]
    leaving = {call.named for call in possible if call.may_leave(policies)}
    arriving = {call.named for call in possible if call.may_arrive(policies)}
    for caller, called, port in sorted(made - (leaving & arriving)):
        yield f"{caller} calls {called} at {port}, and no NetworkPolicy lets it"
    for caller, called, port in sorted((leaving | arriving) - made):
        yield f"a NetworkPolicy lets {caller} call {called} at {port}, which it never does"
    if not any(denies_everything(policy) for policy in policies):
        yield "a pod that no NetworkPolicy chooses may call everybody"


def _between_services(ours: Sequence[Workload], catalogue: Catalogue) -> Iterator[Call]:
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


def _to_servers(ours: Sequence[Workload], brought: Sequence[Workload], catalogue: Catalogue) -> Iterator[Call]:
    """The calls to servers that an overlay brings along."""
    for server in brought:
        for caller in ours:
            yield from ((caller.name, server.name, port) for port in server.ports if uses(caller, int(port), catalogue))
