"""The gateway's processes and its address in the cluster, which the ingress leads to."""

from manifests.kubernetes import pod
from manifests.kubernetes.objects import Object, kind, labels
from manifests.kubernetes.workloads import PROBES
from manifests.kubernetes.workloads import deployment as deployment_of

PORT = 8080


def deployment() -> Object:
    """The pods of nginx in front of every service."""
    paths = dict.fromkeys(PROBES, "/api/openapi.json")
    only = pod.container("gateway", "cartwheel-gateway", pod.GATEWAY, port=PORT, paths=paths)
    return deployment_of("gateway", "gateway", "gateway", only)


def service() -> Object:
    """One address for all of them."""
    return kind(
        "v1",
        "Service",
        "gateway",
        labels("gateway", "gateway"),
        spec={
            "selector": labels("gateway", "gateway"),
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    )
