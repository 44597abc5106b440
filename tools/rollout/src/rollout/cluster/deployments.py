"""What runs of a service on a cluster, and which image ran before."""

import json
from dataclasses import dataclass
from typing import Any

from rollout.cluster.access import Access
from rollout.cluster.kubectl import Kubectl
from rollout.errors import Refused

ROLES = ("api", "worker", "jobs")


@dataclass(frozen=True)
class Deployed:
    """The Deployments of a service, and the images that its api had before, newest first."""

    service: str
    images: frozenset[str]
    earlier: tuple[str, ...]
    is_moving: bool
    api: dict[str, Any]
    """The api's Deployment."""

    @property
    def pod(self) -> dict[str, Any]:
        """The template of the api's pods."""
        return dict(self.api["spec"]["template"])

    @property
    def replicas(self) -> int:
        """How many pods the api is meant to have."""
        return int(self.api["spec"].get("replicas", 1))

    def image_before(self) -> str:
        """Return the image to go back to. Refuses when it is not certain which that is."""
        known = f"say which with --to (earlier: {', '.join(self.earlier) or 'none that the cluster remembers'})"
        if len(self.images) > 1:
            raise Refused(f"{self.service} runs more than one image, {', '.join(sorted(self.images))}: {known}")
        if self.is_moving:
            raise Refused(f"a roll-out of {self.service} is under way: {known}")
        if not self.earlier:
            raise Refused(f"the cluster remembers no image of {self.service} before this one: {known}")
        return self.earlier[0]


def set_image(access: Access, service: str, image: str) -> None:
    """Give all Deployments of a service an image, and wait for their pods; what has it already stays as it is."""
    names = [f"deployment/{service}-{role}" for role in ROLES]
    access.kubectl.change("set", "image", *names, f"*={image}")
    for name in names:
        wait_for_pods(access, name)


def ask_for_pods(access: Access, service: str, pods: int) -> None:
    """Have an api ask for at least so many pods, which it needs for all companies; its autoscaler judges from there on.

    While a canary had most companies, the autoscaler has taken away what the others did not need.
    """
    api = f"{service}-api"
    if int(access.kubectl.read("deployment", api)["spec"].get("replicas", 1)) < pods:
        access.kubectl.change("patch", "deployment", api, "--patch", json.dumps({"spec": {"replicas": pods}}))


def wait_for_pods(access: Access, name: str) -> None:
    """Wait until a Deployment's pods are those that it asks for, and ready."""
    with access.shown(f"Pods of {name}"):
        access.kubectl.change("rollout", "status", name, "--timeout", "10m")


def is_short_of_pods(kubectl: Kubectl, name: str) -> bool:
    """Whether a pod of a Deployment is not ready."""
    return bool(kubectl.read("deployment", name).get("status", {}).get("unavailableReplicas", 0))


def deployed(kubectl: Kubectl, service: str) -> Deployed:
    """Read what runs of a service, the canary apart."""
    found = [kubectl.read("deployment", f"{service}-{role}") for role in ROLES]
    selector = f"app.kubernetes.io/name={service},app.kubernetes.io/component=api,cartwheel.dev/track=stable"
    sets = kubectl.read("replicasets", "--selector", selector)["items"]
    images = frozenset(image_of(each) for each in found)
    current = [each["metadata"]["creationTimestamp"] for each in sets if image_of(each) == image_of(found[0])]
    older = [each for each in sets if current and each["metadata"]["creationTimestamp"] < min(current)]
    older.sort(key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)
    return Deployed(
        service,
        images,
        tuple(dict.fromkeys(image_of(each) for each in older)),
        any(_is_moving(each) for each in found),
        found[0],
    )


def image_of(workload: dict[str, Any]) -> str:
    """Return the image of a Deployment's or ReplicaSet's container."""
    return str(workload["spec"]["template"]["spec"]["containers"][0]["image"])


def _is_moving(deployment: dict[str, Any]) -> bool:
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    is_seen = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return not is_seen or status.get("updatedReplicas", 0) < wanted or status.get("replicas", 0) > wanted
