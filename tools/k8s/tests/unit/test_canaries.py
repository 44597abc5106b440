"""A canary is called by the gateway, in the overlay that has one."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from k8s.catalogue import Catalogue
from k8s.objects import Object, read
from k8s.rules import canaries

PLACE = Path(__file__).parents[4] / "deploy" / "k8s"


@pytest.fixture
def with_canary(production: list[Object]) -> list[Any]:
    """Production with cart's canary, and the gateway as the overlay patches it."""
    objects: list[Any] = deepcopy(production)
    overlay = yaml.safe_load((PLACE / "overlays/canary/kustomization.yaml").read_text())
    pod = the(objects, "Deployment", "gateway")["spec"]["template"]["spec"]
    for patch in overlay["patches"]:
        mount, volume = yaml.safe_load(patch["patch"])
        pod["containers"][0]["volumeMounts"].append(mount["value"])
        pod["volumes"].append(volume["value"])
    return [*objects, *read((PLACE / "components/canary/cart/canary.yaml").read_text())]


def the(objects: list[Any], kind: str, name: str) -> Any:
    """One of the objects."""
    return next(found for found in objects if found["kind"] == kind and found["metadata"]["name"] == name)


def test_the_overlay_gives_its_canary_a_share(with_canary: list[Any], catalogue: Catalogue) -> None:
    """What is committed: the gateway waits for the configuration that names the canary."""
    assert list(canaries.faults(with_canary, catalogue)) == []


def test_a_canary_that_nobody_calls_is_refused(with_canary: list[Any], catalogue: Catalogue) -> None:
    """A gateway with the image's own configuration sends a canary nothing."""
    the(with_canary, "Deployment", "gateway")["spec"]["template"]["spec"]["volumes"].pop()
    with_canary.remove(the(with_canary, "Service", "cart-canary"))

    assert list(canaries.faults(with_canary, catalogue)) == [
        "Deployment cart-api-canary: there is no Service cart-canary for the gateway to call",
        "Deployment cart-api-canary: the gateway does not read gateway-canary at /etc/nginx/nginx.conf,"
        " and sends it nothing",
    ]


def test_a_share_without_a_canary_is_refused(with_canary: list[Any], catalogue: Catalogue) -> None:
    """Nginx does not start with an upstream whose name nobody has."""
    with_canary.remove(the(with_canary, "Deployment", "cart-api-canary"))

    assert list(canaries.faults(with_canary, catalogue)) == ["the gateway reads gateway-canary, and there is no canary"]
