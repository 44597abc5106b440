"""Which share of the companies the gateway gives a canary: a ConfigMap in place of the configuration of its image."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartwheel_local.gateway import render_for_containers
from cartwheel_local.switches import Canary, Switches

from rollout.cluster.access import Access
from rollout.cluster.canary import address_of
from rollout.cluster.deployments import wait_for_pods
from rollout.cluster.kubectl import Kubectl

SHARE = "cartwheel.dev/canary"
"""The annotation of the gateway's pods that says whose canary has which share, such as cart=25."""
_CONFIGURATION = "cartwheel.dev/configuration"
_CONFIG_MAP = "gateway-canary"
_PATH = "/etc/nginx/nginx.conf"


@dataclass(frozen=True, slots=True)
class Share:
    """A canary's part of the companies: the `beta` ones, and `percent` of the others."""

    service: str
    percent: int
    beta: Sequence[str] = ()

    def configuration(self) -> str:
        """Return nginx's configuration. Raises WrongSwitch for what is no company's id."""
        canary = Canary(address_of(self.service), self.percent, tuple(self.beta))
        return render_for_containers(
            listen="0.0.0.0:8080",
            directory=Path("/tmp"),  # noqa: S108  # the pod's own, the one folder that it may write to
            documents=Path("/usr/share/cartwheel"),
            switches=Switches({self.service: canary}),
        )


def present_share(kubectl: Kubectl) -> tuple[str, int] | None:
    """Return the service and the percent that the gateway's pods were last given; None without a canary."""
    template = kubectl.read("deployment", "gateway")["spec"]["template"]
    noted = template["metadata"].get("annotations", {}).get(SHARE, "")
    service, _, percent = noted.partition("=")
    return (service, int(percent)) if service else None


def give(access: Access, share: Share) -> None:
    """Have the gateway send a canary its share: its pods are replaced; one that nginx refuses does not come in."""
    text = share.configuration()
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _CONFIG_MAP}, "data": {"nginx.conf": text}}
    apply = ("apply", "--server-side", "--force-conflicts", "--field-manager", "cartwheel-rollout", "--filename", "-")
    access.kubectl.change(*apply, manifests=[config])
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    _patch(access, {SHARE: f"{share.service}={share.percent}", _CONFIGURATION: digest}, MOUNTED)
    wait_for_pods(access, "deployment/gateway")


def take_back(access: Access) -> None:
    """Have the gateway read the configuration of its image again, without any canary."""
    _patch(access, {SHARE: None, _CONFIGURATION: None}, UNMOUNTED)
    wait_for_pods(access, "deployment/gateway")
    access.kubectl.change("delete", "configmap", _CONFIG_MAP, "--ignore-not-found")


def _patch(access: Access, annotations: dict[str, str | None], pod: dict[str, Any]) -> None:
    template = {"metadata": {"annotations": annotations}, "spec": pod}
    patch = json.dumps({"spec": {"template": template}})
    access.kubectl.change("patch", "deployment", "gateway", "--type", "strategic", "--patch", patch)


MOUNTED: dict[str, Any] = {
    "containers": [
        {
            "name": "gateway",
            "volumeMounts": [{"name": "canary", "mountPath": _PATH, "subPath": "nginx.conf", "readOnly": True}],
        }
    ],
    "volumes": [{"name": "canary", "configMap": {"name": _CONFIG_MAP}}],
}
"""A strategic merge patch of the gateway's pods: what `deploy/k8s/overlays/canary` adds to them."""
UNMOUNTED: dict[str, Any] = {
    "containers": [{"name": "gateway", "volumeMounts": [{"$patch": "delete", "mountPath": _PATH}]}],
    "volumes": [{"$patch": "delete", "name": "canary"}],
}
