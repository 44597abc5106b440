"""What Prometheus scrapes: each api and worker, under the labels that the alert rules group by."""

from typing import Any

from manifests.kubernetes.objects import TRACK, Object, kind, labels, pods
from manifests.model import Manifest

API_VERSION = "monitoring.coreos.com/v1"


def api(manifest: Manifest) -> Object:
    """Every pod of an api, the canary's under the label `track` of its own."""
    track = f"__meta_kubernetes_service_label_{TRACK.replace('.', '_').replace('/', '_')}"
    endpoint = _endpoint(manifest, "api", {"sourceLabels": [track], "targetLabel": "track"})
    return kind(
        API_VERSION,
        "ServiceMonitor",
        f"{manifest.name}-api",
        labels(manifest.name, "api"),
        spec={"selector": pods(manifest.name, "api"), "endpoints": [endpoint]},
    )


def background(manifest: Manifest, role: str) -> Object:
    """Every pod of a worker or of timed jobs, which have no address of their own."""
    return kind(
        API_VERSION,
        "PodMonitor",
        f"{manifest.name}-{role}",
        labels(manifest.name, role),
        spec={"selector": pods(manifest.name, role), "podMetricsEndpoints": [_endpoint(manifest, role)]},
    )


def _endpoint(manifest: Manifest, role: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {
        "port": "http",
        "path": "/metrics",
        "interval": "15s",
        "relabelings": [
            {"targetLabel": "service", "replacement": manifest.name},
            {"targetLabel": "role", "replacement": role},
            *more,
        ],
    }
