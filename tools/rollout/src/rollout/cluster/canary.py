"""The next version of a service's api beside the present one, as `deploy/k8s/components/canary` has it."""

from copy import deepcopy
from dataclasses import dataclass
from math import ceil
from typing import Any

from cartwheel_local.services import MANIFESTS

from rollout.cluster.access import Access
from rollout.cluster.deployments import Deployed, image_of, wait_for_pods
from rollout.cluster.kubectl import Kubectl

REPLACES = "cartwheel.dev/replaces"
"""The annotation of a canary that names the image which it is to replace."""
PODS = "cartwheel.dev/pods"
"""The annotation of a canary that says how many pods the api had before; its autoscaler may have taken some since."""
_TRACK = "cartwheel.dev/track"


@dataclass(frozen=True, slots=True)
class Canary:
    """A canary that a cluster has; `pods` is how many the api had when the roll-out began."""

    service: str
    image: str
    replaces: str
    pods: int


def running_canaries(kubectl: Kubectl) -> list[Canary]:
    """Read which services have one."""
    found = kubectl.read("deployments", "--selector", f"{_TRACK}=canary")["items"]
    return [_canary(each) for each in found]


def _canary(deployment: dict[str, Any]) -> Canary:
    noted = deployment["metadata"].get("annotations", {})
    service = deployment["metadata"]["labels"]["app.kubernetes.io/name"]
    return Canary(service, image_of(deployment), noted.get(REPLACES, ""), int(noted.get(PODS, 0)))


def address_of(service: str) -> str:
    """Where the gateway finds a service's canary."""
    return f"{service}-canary:{next(each.api.port for each in MANIFESTS if each.name == service)}"


def place(access: Access, now: Deployed, canary: Canary, percent: int) -> None:
    """Have as large a part of the api's pods as canary as it has of the companies, and wait until they are ready."""
    replicas = max(1, ceil(canary.pods * percent / 100))
    apply = ("apply", "--server-side", "--force-conflicts", "--field-manager", "cartwheel-rollout", "--filename", "-")
    access.kubectl.change(*apply, manifests=canary_objects(now.api, canary, replicas))
    wait_for_pods(access, f"deployment/{now.service}-api-canary")


def remove(access: Access, service: str) -> None:
    """Delete a canary, if there is one."""
    names = (f"deployment/{service}-api-canary", f"service/{service}-canary")
    access.kubectl.change("delete", *names, "--ignore-not-found", "--wait=true")


def canary_objects(api: dict[str, Any], canary: Canary, replicas: int) -> list[dict[str, Any]]:
    """Return Deployment and Service of a canary, made from the Deployment of the api beside it."""
    labels = {**api["metadata"]["labels"], _TRACK: "canary"}
    spec = deepcopy(api["spec"])
    spec["replicas"] = replicas
    spec["selector"]["matchLabels"][_TRACK] = "canary"
    spec["template"]["metadata"]["labels"][_TRACK] = "canary"
    container = spec["template"]["spec"]["containers"][0]
    container["image"] = canary.image
    port = container["ports"][0]
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": f"{canary.service}-api-canary",
            "labels": labels,
            "annotations": {REPLACES: canary.replaces, PODS: str(canary.pods)},
        },
        "spec": spec,
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{canary.service}-canary", "labels": labels},
        "spec": {
            "selector": spec["template"]["metadata"]["labels"],
            "ports": [{"name": port["name"], "port": port["containerPort"], "targetPort": port["name"]}],
        },
    }
    return [deployment, service]
