"""Who leaves the namespace: to servers by role, and to the internet for keys of tokens, AWS and reports of errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8s.catalogue import Catalogue
from k8s.objects import Object, Workload, of_kind, secret_names, servers, workloads
from k8s.traffic import outside

CALLERS = ("api", "worker", "jobs")
USERS = {
    5432: (*CALLERS, "migrate"),
    6379: CALLERS,
    5672: ("api", "worker", "migrate"),
    4318: CALLERS,
}
"""Which roles use PostgreSQL, Redis, RabbitMQ and a collector of traces, by their ports."""
STAND_IN_PORT = 5000
"""Where a stand-in for AWS answers."""
ANYWHERE = "0.0.0.0/0"


def uses(workload: Workload, port: int, catalogue: Catalogue) -> bool:
    """Whether a pod of ours calls the server that answers at this port."""
    if port == STAND_IN_PORT:
        return _calls_aws(workload, catalogue)
    return workload.role in USERS.get(port, ())


@dataclass(frozen=True, slots=True)
class _Reasons:
    """What the internet is called for, besides AWS."""

    reads_keys: bool
    """Of tokens' issuer, rather than tokens checked by a key of one's own."""
    reports_errors: bool
    has_stand_in: bool

    def apply_to(self, workload: Workload, catalogue: Catalogue) -> bool:
        return (
            (self.reads_keys and workload.role == "api")
            or (self.reports_errors and workload.role in CALLERS)
            or (not self.has_stand_in and _calls_aws(workload, catalogue))
        )


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Ways out that are needed and shut, and open ones that nobody needs."""
    policies = [*of_kind(objects, "NetworkPolicy")]
    brought = {int(port) for server in servers(objects) for port in server.ports}
    reasons = _Reasons(
        reads_keys=any("JWT_JWKS_URL" in found.get("data", {}) for found in of_kind(objects, "ConfigMap")),
        reports_errors=any("SENTRY_DSN" in names for names in secret_names(objects)),
        has_stand_in=STAND_IN_PORT in brought,
    )
    for workload in workloads(objects):
        ways = [*outside(policies, workload)]
        leaves = {port for port, _ in ways}
        for port in USERS:
            wanted = uses(workload, port, catalogue) and port not in brought
            if wanted != (port in leaves):
                verb = "uses" if wanted else "does not use"
                yield f"{workload.name} {verb} port {port} outside, and its NetworkPolicies say otherwise"
        wanted = reasons.apply_to(workload, catalogue)
        blocks = [block for port, block in ways if port == 443]
        if wanted != bool(blocks):
            verb = "calls" if wanted else "does not call"
            yield f"{workload.name} {verb} the internet, and its NetworkPolicies say otherwise"
        for block in blocks:
            if block.get("cidr") == ANYWHERE and "169.254.0.0/16" not in block.get("except", ()):
                yield f"{workload.name} reaches the address of a cloud's metadata"


def _calls_aws(workload: Workload, catalogue: Catalogue) -> bool:
    manifest = catalogue.manifests.get(workload.service)
    return workload.role in ("worker", "jobs") and bool(manifest and manifest.aws)
