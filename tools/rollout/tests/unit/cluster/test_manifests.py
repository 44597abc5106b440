"""What a roll-out puts on a cluster is what the repository's manifests would put there."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from cartwheel_local.services import SERVICES
from rollout.cluster.canary import PODS, REPLACES, Canary, canary_objects
from rollout.cluster.gateway import MOUNTED
from rollout.cluster.jobs import Command
from rollout.cluster.thresholds import THRESHOLDS

ROOT = Path(__file__).parents[5]
PLACE = ROOT / "deploy" / "k8s"


def objects(path: str) -> list[Any]:
    """The objects of a file."""
    return list(yaml.safe_load_all((PLACE / path).read_text()))


@pytest.mark.parametrize("service", SERVICES)
def test_a_canary_is_that_of_the_component(service: str) -> None:
    """Made from the api that runs, whose settings have names with digests that no file has."""
    api, *_ = objects(f"base/{service}/api.yaml")
    image = api["spec"]["template"]["spec"]["containers"][0]["image"]

    deployment, address = canary_objects(api, Canary(service, image, "before", pods=3), replicas=1)

    assert deployment["metadata"].pop("annotations") == {REPLACES: "before", PODS: "3"}
    assert [deployment, address] == objects(f"components/canary/{service}/canary.yaml")


@pytest.mark.parametrize("service", SERVICES)
def test_a_job_has_the_labels_by_which_a_migration_reaches_its_database(service: str) -> None:
    """NetworkPolicies, of the services' namespace and of the servers', go by them; what none lets out is denied."""
    api, *_ = objects(f"base/{service}/api.yaml")
    [migration] = objects(f"base/{service}/migrate.yaml")

    job = Command(service, "image", "migrate", api["spec"]["template"]).job()

    pods, expected = job["spec"]["template"], migration["spec"]["template"]
    assert pods["metadata"]["labels"] == expected["metadata"]["labels"]
    assert pods["spec"]["serviceAccountName"] == expected["spec"]["serviceAccountName"]


def test_the_gateway_is_patched_as_by_the_overlay() -> None:
    """The same volume at the same place."""
    [overlay] = objects("overlays/canary/kustomization.yaml")
    added = [operation["value"] for operation in yaml.safe_load(overlay["patches"][0]["patch"])]

    assert [MOUNTED["containers"][0]["volumeMounts"][0], MOUNTED["volumes"][0]] == added


def test_thresholds_ask_for_metrics_that_exist() -> None:
    """By the names of docs/metrics.md; `up` is Prometheus' own."""
    known = (ROOT / "docs" / "metrics.md").read_text()

    for threshold in THRESHOLDS:
        metric = threshold.query.partition("{{{of}")[0].rpartition("(")[2]
        base = metric.removesuffix("_count").removesuffix("_bucket")
        assert metric == "up" or f"`{base}`" in known, threshold.name
