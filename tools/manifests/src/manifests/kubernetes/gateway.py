"""The gateway's processes and its address in the cluster, which the ingress leads to."""

from manifests.kubernetes import exporters, pod
from manifests.kubernetes.objects import Object, kind, labels
from manifests.kubernetes.workloads import PROBES
from manifests.kubernetes.workloads import deployment as deployment_of

PORT = 8080
TRUSTED = "trusted-proxies"


def deployment() -> Object:
    """The pods of nginx in front of every service; with its exporter beside it; an overlay says whom it believes."""
    paths = dict.fromkeys(PROBES, "/api/openapi.json")
    only = pod.container("gateway", "cartwheel-gateway", pod.GATEWAY, port=PORT, paths=paths)
    only["volumeMounts"].append({"name": TRUSTED, "mountPath": "/etc/nginx/trusted-proxies", "readOnly": True})
    found = deployment_of("gateway", "gateway", "gateway", only)
    found["spec"]["template"]["spec"]["containers"].append(exporters.of_nginx())
    found["spec"]["template"]["spec"]["volumes"].append(
        {"name": TRUSTED, "configMap": {"name": f"gateway-{TRUSTED}", "optional": True}}
    )
    return found


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
