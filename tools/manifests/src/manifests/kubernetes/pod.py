"""The pod of a role: closed, probed, and given the time that it needs to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from manifests.kubernetes.objects import NAME, SETTINGS, labels, pods, secrets_of

GRACE_SECONDS = 60
"""Until a pod is killed: the pause below, what is in hand (SHUTDOWN_GRACE_SECONDS and 5 s), and closing connections."""
PAUSE_SECONDS = 5
"""After a pod was taken out of its Service and before it is told to end: proxies learn that it is gone."""
USER = 10001
ERROR_TRACKING = "error-tracking"
"""The Secret with SENTRY_DSN, where there is one."""
SINGLE = ("migrate", "server")
"""The roles of which there is one pod."""
IMAGE_TAG = "unreleased"
"""A tag that no image has: each overlay says which it runs."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a container is given: CPU it has for certain and may exceed, memory that it may not exceed."""

    cpu: str
    memory: str
    memory_limit: str

    def written(self) -> dict[str, Any]:
        """As Kubernetes has it."""
        return {
            "requests": {"cpu": self.cpu, "memory": self.memory},
            "limits": {"memory": self.memory_limit, "ephemeral-storage": "1Gi"},
        }


API = Resources("500m", "320Mi", "640Mi")
WORKER = Resources("250m", "320Mi", "640Mi")
JOBS = Resources("100m", "256Mi", "640Mi")
MIGRATE = Resources("100m", "256Mi", "640Mi")
GATEWAY = Resources("250m", "128Mi", "512Mi")


def container(
    name: str,
    image: str,
    resources: Resources,
    *,
    args: Sequence[str] = (),
    port: int | None = None,
    tag: str | None = IMAGE_TAG,
    paths: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A container that can write to /tmp alone; `paths` has what each of its probes asks for at `port`.

    With `tag` None the image has its own.
    """
    described: dict[str, Any] = {"name": name, "image": f"{image}:{tag}" if tag else image}
    if args:
        described["args"] = list(args)
    if port is not None:
        described["ports"] = [{"name": "http", "containerPort": port}]
    described |= _probes(paths or {})
    if port is not None:
        described["lifecycle"] = {"preStop": {"sleep": {"seconds": PAUSE_SECONDS}}}
    return described | {
        "resources": resources.written(),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 # a volume of the pod's own
    }


def service_environment(service: str, upstreams: Mapping[str, str], *, reports_errors: bool = True) -> dict[str, Any]:
    """Where a service's container has its settings from: what is alike for all, its secrets, and its upstreams.

    Where unforeseen errors are reported to is alike for all, and a secret that an overlay may do without.
    """
    found: list[dict[str, Any]] = [
        {"configMapRef": {"name": SETTINGS}},
        {"secretRef": {"name": secrets_of(service)}},
    ]
    if reports_errors:
        found.append({"secretRef": {"name": ERROR_TRACKING, "optional": True}})
    sources: dict[str, Any] = {"envFrom": found}
    if upstreams:
        sources["env"] = [{"name": name, "value": address} for name, address in upstreams.items()]
    return sources


def template(
    name: str, component: str, only: Mapping[str, Any], *, more_labels: Mapping[str, str] | None = None, **more: object
) -> dict[str, Any]:
    """The pod of one container, spread over zones and nodes where there are several; `more` are fields of its spec."""
    spread = [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": pods(name, component),
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    return {
        "metadata": {"labels": {**labels(name, component), **(more_labels or {})}},
        "spec": {
            "serviceAccountName": name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **({"topologySpreadConstraints": spread} if component not in SINGLE else {}),
            "containers": [only],
            "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
            **more,
        },
    }


def account(name: str) -> dict[str, Any]:
    """The account of a service's pods, which do not talk to Kubernetes; an overlay may give it a role in a cloud."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "labels": {NAME: name}},
        "automountServiceAccountToken": False,
    }


def _probes(paths: Mapping[str, str]) -> dict[str, Any]:
    """Two minutes to start; three failures in a row take a pod out of its Service, or end it."""
    times = {
        "startupProbe": {"periodSeconds": 2, "failureThreshold": 60},
        "readinessProbe": {"periodSeconds": 5, "failureThreshold": 3},
        "livenessProbe": {"periodSeconds": 10, "failureThreshold": 3},
    }
    return {
        probe: {"httpGet": {"path": paths[probe], "port": "http"}, "timeoutSeconds": 5, **times[probe]}
        for probe in times
        if probe in paths
    }
