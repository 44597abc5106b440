"""`scripts/rollback` against a stand-in for kubectl: what it changes, and when it changes nothing."""

from pathlib import Path

import pytest

from .stand_ins import NEW, OLD, OLDEST, Cluster, workload

ROLES = ("api", "worker", "jobs")
VERIFIED = [
    "delete job cart-rollout-verify-database --ignore-not-found --wait=true",
    "create --filename -",
    "delete job cart-rollout-verify-database --ignore-not-found --wait=true",
]


def exchanged(image: str) -> list[str]:
    """The calls that give every pod an image."""
    return [
        f"set image deployment/cart-api deployment/cart-worker deployment/cart-jobs *={image}",
        *(f"rollout status deployment/cart-{role} --timeout 10m" for role in ROLES),
    ]


def test_it_goes_back_to_the_image_before_once_that_can_read_the_database(cluster_on_new: Cluster) -> None:
    """The Job is first and has the older image, no probe, and ends; then all three get the image."""
    done = cluster_on_new.run("rollback", "cart", "--yes")

    assert done.exit_code == 0, done.output
    assert cluster_on_new.changes() == [*VERIFIED, *exchanged(OLD)]
    [job] = cluster_on_new.state["put"]
    assert job["spec"]["template"]["spec"]["containers"] == [
        {"name": "verify-database", "image": OLD, "args": ["verify-database"]}
    ]


def test_an_image_that_cannot_read_the_database_is_refused(cluster_on_new: Cluster) -> None:
    """With what its Job wrote; no image is set."""
    cluster_on_new.change(fails=["verify-database"])

    done = cluster_on_new.run("rollback", "cart", "--yes")

    assert done.exit_code == 1
    assert "carts has no column colour" in done.output
    assert cluster_on_new.changes() == VERIFIED


def test_jobs_are_paused_before_anything_else(cluster_on_new: Cluster) -> None:
    """A job that does damage does not go on while the older image is looked at."""
    done = cluster_on_new.run("rollback", "cart", "--yes", "--pause-jobs")

    assert cluster_on_new.changes()[0] == "scale deployment/cart-jobs --replicas 0"
    assert "its jobs rest until kubectl scale deployment/cart-jobs" in done.output


def test_of_a_canary_nothing_but_the_canary_is_taken_back(cluster_on_old: Cluster) -> None:
    """Every other pod still has the image that it was to replace: none of them is touched, and no older one comes."""
    canary = workload("cart-api", NEW)
    canary["metadata"] |= {"name": "cart-api-canary", "annotations": {"cartwheel.dev/replaces": OLD}}
    canary["metadata"]["labels"]["cartwheel.dev/track"] = "canary"
    cluster_on_old.change_object("Deployment/cart-api-canary", canary)

    done = cluster_on_old.run("rollback", "cart", "--yes")

    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in cluster_on_old.changes()] == ["patch", "rollout", "delete", "delete"]
    assert cluster_on_old.images() == dict.fromkeys((f"cart-{role}" for role in ROLES), OLD) | {
        "gateway": "registry.test/gateway:1.3.0"
    }


def test_a_dry_run_changes_nothing(cluster_on_new: Cluster) -> None:
    """It says each call."""
    done = cluster_on_new.run("rollback", "cart", "--dry-run", "--pause-jobs")

    assert done.exit_code == 0, done.output
    assert [line.split()[:4] for line in done.output.splitlines()[1:-1]] == [
        ["kubectl", "--namespace", "cartwheel", verb]
        for verb in ("scale", "delete", "create", "delete", "set", "rollout", "rollout", "rollout")
    ]
    assert cluster_on_new.changes() == []


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["basket"], {}, "there is no service basket"),
        (["cart", "--to", "registry.test/cart"], {}, "neither tag nor digest"),
        (["cart"], {"updatedReplicas": 1}, "under way"),
    ],
)
def test_what_is_not_certain_is_refused(
    cluster_on_new: Cluster, arguments: list[str], status: dict[str, int], sentence: str
) -> None:
    """By a sentence, and nothing is changed."""
    cluster_on_new.change_object("Deployment/cart-worker", workload("cart-worker", NEW, **status))

    done = cluster_on_new.run("rollback", *arguments, "--yes")

    assert done.exit_code == 1
    assert sentence in " ".join(done.output.split())
    assert cluster_on_new.changes() == []


def test_a_run_that_was_killed_is_run_again_with_its_image(cluster_on_new: Cluster) -> None:
    """Though pods are being replaced."""
    cluster_on_new.change_object("Deployment/cart-api", workload("cart-api", OLDEST, updatedReplicas=1))

    assert cluster_on_new.run("rollback", "cart", "--to", OLDEST, "--yes").exit_code == 0
    assert cluster_on_new.images()["cart-jobs"] == OLDEST


def test_a_cluster_that_cannot_be_reached_is_one_sentence(cluster_on_new: Cluster, tmp_path: Path) -> None:
    """Without what kubectl logs of its own attempts."""
    (tmp_path / "state.json").unlink()

    done = cluster_on_new.run("rollback", "cart", "--yes")

    assert done.exit_code == 1
    assert "The connection was refused" in " ".join(done.output.split())
    assert "memcache" not in done.output
