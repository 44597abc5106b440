"""A service's processes: its api, its worker, its timed jobs, and the migration that runs before them."""

from typing import Any

from manifests.kubernetes import pod
from manifests.kubernetes.objects import COMPONENT, NAME, TRACK, Object, kind, labels, pods
from manifests.kubernetes.pod import Resources
from manifests.model import Manifest

PROBES = {"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
STABLE = {TRACK: "stable"}
CANARY = {TRACK: "canary"}
MIGRATION_SECONDS = 1_800


def api(manifest: Manifest, upstreams: dict[str, str], *, canary: bool = False) -> Object:
    """The pods that answer HTTP; a canary's are apart from them, under the same rules of the network."""
    name, track = (f"{manifest.name}-api-canary", CANARY) if canary else (f"{manifest.name}-api", STABLE)
    args = ("api", "--host", "0.0.0.0", "--port", str(manifest.api.port))  # noqa: S104 # a pod's own address
    only = _container(manifest, "api", pod.API, args, manifest.api.port, upstreams)
    return deployment(name, manifest.name, "api", only, track=track, replicas=1 if canary else None)


def worker(manifest: Manifest, upstreams: dict[str, str]) -> Object:
    """The pods that publish the outbox and consume the queues."""
    only = _container(
        manifest, "worker", pod.WORKER, _working(manifest, "--without-jobs"), manifest.worker.port, upstreams
    )
    return deployment(f"{manifest.name}-worker", manifest.name, "worker", only)


def jobs(manifest: Manifest, upstreams: dict[str, str]) -> Object:
    """The pods that run timed jobs, each in one of them at a time; without any, jobs rest and messages go on."""
    only = _container(manifest, "jobs", pod.JOBS, _working(manifest, "--only-jobs"), manifest.worker.port, upstreams)
    return deployment(f"{manifest.name}-jobs", manifest.name, "jobs", only, replicas=2)


def migration(manifest: Manifest, upstreams: dict[str, str]) -> Object:
    """Brings database and queues up to date before the pods of its version start; a newer database is left as it is."""
    only = pod.container("migrate", _image(manifest), pod.MIGRATE, args=("migrate",))
    only |= pod.service_environment(manifest.name, upstreams, reports_errors=False)
    return kind(
        "batch/v1",
        "Job",
        f"{manifest.name}-migrate",
        labels(manifest.name, "migrate"),
        spec={
            "backoffLimit": 3,
            "activeDeadlineSeconds": MIGRATION_SECONDS,
            "ttlSecondsAfterFinished": 86_400,
            "template": pod.template(manifest.name, "migrate", only, restartPolicy="Never"),
        },
    )


def service(manifest: Manifest, *, canary: bool = False) -> Object:
    """The address of a service's api in the cluster."""
    name, track = (f"{manifest.name}-canary", CANARY) if canary else (f"{manifest.name}-api", STABLE)
    return kind(
        "v1",
        "Service",
        name,
        labels(manifest.name, "api") | track,
        spec={
            "selector": labels(manifest.name, "api") | track,
            "ports": [{"name": "http", "port": manifest.api.port, "targetPort": "http"}],
        },
    )


def disruption_budget(name: str, component: str) -> Object:
    """One pod of a role at a time may be taken away on purpose, as when a node is emptied."""
    return kind(
        "policy/v1",
        "PodDisruptionBudget",
        f"{name}-{component}",
        labels(name, component),
        spec={"maxUnavailable": 1, "selector": pods(name, component), "unhealthyPodEvictionPolicy": "AlwaysAllow"},
    )


def _working(manifest: Manifest, duty: str) -> tuple[str, ...]:
    return ("worker", duty, "--host", "0.0.0.0", "--health-port", str(manifest.worker.port))  # noqa: S104 # a pod's own


def _image(manifest: Manifest) -> str:
    return f"cartwheel-{manifest.name}"


def _container(
    manifest: Manifest, role: str, resources: Resources, args: tuple[str, ...], port: int, upstreams: dict[str, str]
) -> dict[str, Any]:
    described = pod.container(role, _image(manifest), resources, args=args, port=port, paths=PROBES)
    return described | pod.service_environment(manifest.name, upstreams)


def deployment(
    deployment: str,
    name: str,
    component: str,
    only: dict[str, Any],
    *,
    track: dict[str, str] | None = None,
    replicas: int | None = None,
) -> Object:
    """A new pod is ready before an old one is ended; how many there are is left to what scales it, unless given."""
    selector = {NAME: name, COMPONENT: component, **(track or {})}
    return kind(
        "apps/v1",
        "Deployment",
        deployment,
        {**labels(name, component), **(track or {})},
        spec={
            **({"replicas": replicas} if replicas else {}),
            "revisionHistoryLimit": 5,
            "progressDeadlineSeconds": 600,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
            "selector": {"matchLabels": selector},
            "template": pod.template(name, component, only, more_labels=track),
        },
    )
