"""`scripts/rollback` against a stand-in for kubectl: what it changes, and when it changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from rollout.cluster.__main__ import app
from typer.testing import CliRunner, Result

OLD, NEW = "registry.test/cart:1.3.0", "registry.test/cart:1.4.0"

KUBECTL = """#!/usr/bin/env python3
import json, pathlib, sys
home = pathlib.Path(__file__).parent
arguments = sys.argv[3:]
with (home / "calls").open("a") as calls:
    calls.write(" ".join(arguments) + "\\n")
if arguments[0] == "create":
    (home / "job.json").write_text(sys.stdin.read())
if arguments[0] == "get":
    if not (home / "state.json").exists():
        sys.exit("E1128 17:56:02.4 5010 memcache.go:265] Unhandled\\nThe connection was refused")
    state = json.loads((home / "state.json").read_text())
    print(json.dumps(state[arguments[1]]))
if arguments[0] == "logs":
    print("carts has no column colour")
"""


def workload(image: str, made: str = "", **status: int) -> dict[str, Any]:
    """A Deployment or a ReplicaSet with an image."""
    container = {"name": "api", "image": image, "args": ["api"], "readinessProbe": {}, "ports": []}
    spec = {"replicas": 2, "template": {"spec": {"containers": [container], "serviceAccountName": "cart"}}}
    return {
        "metadata": {"creationTimestamp": made},
        "spec": spec,
        "status": {"replicas": 2, "updatedReplicas": 2} | status,
    }


class Cluster:
    """A directory with a kubectl that answers what is set here, and notes how it was called."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.state: dict[str, Any] = {
            "deployment": workload(NEW),
            "replicasets": {"items": [workload(NEW, "2026-02-01T00:00:00Z"), workload(OLD, "2026-01-01T00:00:00Z")]},
            "job": {"status": {"conditions": [{"type": "Complete", "status": "True"}]}},
        }

    def rollback(self, *arguments: str) -> Result:
        """Run the command with this kubectl."""
        (self.home / "state.json").write_text(json.dumps(self.state))
        return CliRunner().invoke(app, list(arguments))

    def changes(self) -> list[str]:
        """The calls that change something."""
        calls = self.home / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if not line.startswith(("get", "logs"))]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Cart at a newer image, with an older one before."""
    (tmp_path / "kubectl").write_text(KUBECTL)
    (tmp_path / "kubectl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Cluster(tmp_path)


def test_it_goes_back_to_the_image_before_once_that_can_read_the_database(cluster: Cluster) -> None:
    """The Job is first and has the older image, no probe, and ends; then all three get the image."""
    done = cluster.rollback("cart", "--yes")

    assert done.exit_code == 0, done.output
    assert cluster.changes() == [
        "delete job cart-verify-rollback --ignore-not-found --wait=true",
        "create --filename -",
        "delete job cart-verify-rollback --ignore-not-found --wait=true",
        f"set image deployment/cart-api deployment/cart-worker deployment/cart-jobs *={OLD}",
        *(f"rollout status deployment/cart-{role} --timeout 10m" for role in ("api", "worker", "jobs")),
    ]
    job = json.loads((cluster.home / "job.json").read_text())["spec"]["template"]["spec"]
    assert job["containers"] == [{"name": "verify", "image": OLD, "args": ["verify-database"]}]


def test_an_image_that_cannot_read_the_database_is_refused(cluster: Cluster) -> None:
    """With what its Job wrote; no image is set."""
    cluster.state["job"] = {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}

    done = cluster.rollback("cart", "--yes")

    assert done.exit_code == 1
    assert "carts has no column colour" in done.output
    assert not [line for line in cluster.changes() if line.startswith("set")]


def test_a_dry_run_changes_nothing(cluster: Cluster) -> None:
    """It says each call."""
    done = cluster.rollback("cart", "--dry-run")

    assert done.exit_code == 0, done.output
    assert f"'*={OLD}'" in done.output
    assert cluster.changes() == []


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["basket"], {}, "there is no service basket"),
        (["cart", "--to", "registry.test/cart"], {}, "neither tag nor digest"),
        (["cart"], {"updatedReplicas": 1}, "under way"),
    ],
)
def test_what_is_not_certain_is_refused(
    cluster: Cluster, arguments: list[str], status: dict[str, int], sentence: str
) -> None:
    """By a sentence, and nothing is changed."""
    cluster.state["deployment"] = workload(NEW, "", **status)

    done = cluster.rollback(*arguments, "--yes")

    assert done.exit_code == 1
    assert sentence in " ".join(done.output.split())
    assert cluster.changes() == []


def test_a_run_that_was_killed_is_run_again_with_its_image(cluster: Cluster) -> None:
    """Though pods are being replaced."""
    cluster.state["deployment"] = workload(OLD, updatedReplicas=1)

    assert cluster.rollback("cart", "--to", OLD, "--yes").exit_code == 0


def test_a_cluster_that_cannot_be_reached_is_one_sentence(cluster: Cluster) -> None:
    """Without what kubectl logs of its own attempts."""
    done = CliRunner().invoke(app, ["cart", "--yes"])

    assert done.exit_code == 1
    assert "The connection was refused" in " ".join(done.output.split())
    assert "memcache" not in done.output
