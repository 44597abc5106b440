"""The objects that are committed, put together without kubectl, so that a test may spoil a copy."""

from pathlib import Path

import pytest
from k8s.catalogue import Catalogue
from k8s.objects import Object, read

ROOT = Path(__file__).parents[4]
PLACE = ROOT / "deploy" / "k8s"
NAMESPACE = "cartwheel"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """What the code of this repository says."""
    return Catalogue.of(ROOT)


@pytest.fixture(scope="session")
def production() -> list[Object]:
    """What production is made of, but for patches and names of images."""
    files = [*PLACE.glob("base/*/*.yaml"), *PLACE.glob("components/*/*.yaml")]
    files += [PLACE / "overlays/production" / name for name in ("namespace.yaml", "ingress.yaml")]
    found = [
        each
        for file in sorted(files)
        if file.name != "kustomization.yaml"
        for each in read(_released(file.read_text()))
    ]
    return [_placed(each) for each in [*found, _settings()]]


def _released(text: str) -> str:
    return text.replace(":unreleased", ":0.1.0")


def _placed(found: Object) -> Object:
    namespace = {} if found["kind"] == "Namespace" else {"namespace": NAMESPACE}
    return {**found, "metadata": {**found["metadata"], **namespace}}


def _settings() -> Object:
    lines = (PLACE / "overlays/production/settings.env").read_text().splitlines()
    values = dict(line.split("=", maxsplit=1) for line in lines if not line.startswith("#"))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cartwheel-settings"}, "data": values}
