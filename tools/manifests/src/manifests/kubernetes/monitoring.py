"""What Prometheus scrapes: each api and worker, under the labels that the alert rules group by."""

from collections.abc import Mapping, Sequence
from typing import Any

from manifests.kubernetes.objects import TRACK, Object, kind, labels, pods
from manifests.model import Manifest

API_VERSION = "monitoring.coreos.com/v1"
Renamed = tuple[Sequence[str], str, str]
"""Labels, what they match together, and the metric's new name."""


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


def server(
    name: str, service: str, selector: Mapping[str, Any], *, port: str, renamed: Sequence[Renamed] = ()
) -> Object:
    """Every pod of a server that is not ours, under the names that rules and dashboards ask for."""
    endpoint = {"port": port, "interval": "15s", "relabelings": _labelled(service, "server")}
    if renamed:
        endpoint["metricRelabelings"] = [_renaming(*each) for each in renamed]
    spec = {"selector": selector, "podMetricsEndpoints": [endpoint]}
    return kind(API_VERSION, "PodMonitor", name, labels(name, "server"), spec=spec)


def _renaming(sources: Sequence[str], regex: str, name: str) -> dict[str, Any]:
    return {"sourceLabels": [*sources], "regex": regex, "targetLabel": "__name__", "replacement": name}


def _labelled(service: str, role: str) -> list[dict[str, Any]]:
    return [{"targetLabel": "service", "replacement": service}, {"targetLabel": "role", "replacement": role}]


def _endpoint(manifest: Manifest, role: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {
        "port": "http",
        "path": "/metrics",
        "interval": "15s",
        "relabelings": [*_labelled(manifest.name, role), *more],
    }
