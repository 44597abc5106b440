"""Whether an image can read the database, asked by a Job of that image."""

import time
from copy import deepcopy
from typing import Any

from rollout.cluster.kubectl import Kubectl
from rollout.errors import Refused

_LIMIT_SECONDS = 300
_PAUSE_SECONDS = 1


def verify(kubectl: Kubectl, service: str, image: str, pod: dict[str, Any]) -> None:
    """Run `verify-database` of an image as a Job, delete it, and refuse when something is missing."""
    job = verification_job(service, image, pod)
    name = job["metadata"]["name"]
    remove = ("delete", "job", name, "--ignore-not-found", "--wait=true")
    kubectl.change(*remove)
    kubectl.change("create", "--filename", "-", manifest=job)
    try:
        if not kubectl.dry_run and not _succeeded(kubectl, name):
            raise Refused(f"{image} cannot read {service}'s database, and nothing was changed:\n{kubectl.log(name)}")
    finally:
        kubectl.change(*remove)


def verification_job(service: str, image: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Return the Job: the api's pod with another image and command, labelled so that no Service calls it."""
    labels = {"app.kubernetes.io/name": service, "app.kubernetes.io/component": "migrate"}
    spec = deepcopy(pod["spec"])
    spec.pop("topologySpreadConstraints", None)
    container = spec["containers"][0]
    for part in ("ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"):
        container.pop(part, None)
    container.update(name="verify", image=image, args=["verify-database"])
    spec.update(containers=[container], restartPolicy="Never")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": f"{service}-verify-rollback", "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": _LIMIT_SECONDS,
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def _succeeded(kubectl: Kubectl, name: str) -> bool:
    end = time.monotonic() + 2 * _LIMIT_SECONDS
    while time.monotonic() < end:
        for condition in kubectl.read("job", name).get("status", {}).get("conditions", []):
            if condition["status"] == "True" and condition["type"] in {"Complete", "Failed"}:
                return bool(condition["type"] == "Complete")
        time.sleep(_PAUSE_SECONDS)
    raise Refused(f"the Job {name} has neither completed nor failed")
