"""`scripts/rollout` against stand-ins for kubectl and Prometheus: by company, watched, and back by itself."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from rollout.cluster import rolling_out
from rollout.cluster.thresholds import Watch
from typer.testing import Result

from .stand_ins import NEW, OLD, OLDEST, Cluster, Series, SkippingClock

BETA = "01a2232f-acd0-77c9-a200-9f0832995765"
ON_NEW = {"cart-api": NEW, "cart-worker": NEW, "cart-jobs": NEW, "gateway": "registry.test/gateway:1.3.0"}
ON_OLD = {**ON_NEW, "cart-api": OLD, "cart-worker": OLD, "cart-jobs": OLD}


class Killed(BaseException):
    """What a process that is killed does not see."""


def rolled_out(cluster: Cluster, series: Series, *options: str, image: str = NEW) -> Result:
    """The command, for cart's newer image."""
    return cluster.run("rollout", "cart", image, "--prometheus", series.url, "--yes", *options)


def shares(cluster: Cluster) -> Sequence[str]:
    """The shares that the gateway was told, in turn."""
    lines = [line for line in cluster.changes() if line.startswith("patch deployment gateway")]
    return [line.partition('"cartwheel.dev/canary": ')[2].partition(",")[0].strip('"') for line in lines]


def test_a_version_goes_to_one_share_of_the_companies_after_the_other(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock
) -> None:
    """Migrations first; at last every pod has it and no canary is left. Each step is watched, and what comes of it.

    The canary has pods as it has companies: of four one at 10 and 25 %, and four at 100.
    """
    done = rolled_out(cluster_on_old, series, "--beta", BETA, "--watch", "0.25")

    assert done.exit_code == 0, done.output
    assert cluster_on_old.state["put"][0]["spec"]["template"]["spec"]["containers"][0]["args"] == ["migrate"]
    assert shares(cluster_on_old) == [*(f"cart={percent}" for percent in (0, 10, 25, 50, 75, 100)), "null"]
    assert cluster_on_old.images() == ON_NEW
    assert not [name for name in cluster_on_old.state["objects"] if "canary" in name]
    assert clock.passed == 7 * 15
    assert "prune-bindings" in done.output
    put = cluster_on_old.state["put"]
    replicas = [each["spec"]["replicas"] for each in put if each["kind"] == "Deployment"]
    configurations = [each["data"]["nginx.conf"] for each in put if each["kind"] == "ConfigMap"]
    assert replicas == [1, 1, 1, 2, 3, 4]
    assert "10% cart-canary;" in configurations[1]
    assert all(f'"~*:{BETA}$" cart-canary;' in each for each in configurations)


def test_a_version_over_a_threshold_is_taken_back(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock
) -> None:
    """Once that has lasted as long as it may; the share first, and it ends with 1 and says why."""
    series.values = {"db_pool_timeouts_total": 1.0, **series.values}

    done = rolled_out(cluster_on_old, series)

    assert done.exit_code == 1
    assert f"cart was rolled back to {OLD}: requests found no free connection" in " ".join(done.output.split())
    assert clock.passed == 60
    assert shares(cluster_on_old) == ["cart=10", "null"]
    assert cluster_on_old.images() == ON_OLD
    assert not [name for name in cluster_on_old.state["objects"] if "canary" in name]


def autoscaled(cluster: Cluster, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the autoscaler leave one pod of the api, as it does while a canary has most companies."""

    def wait(seconds: float) -> None:
        clock.passed += seconds
        api = cluster.state["objects"]["Deployment/cart-api"]
        api["spec"]["replicas"] = 1
        cluster.change_object("Deployment/cart-api", api)

    monkeypatch.setattr(clock, "wait", wait)


PODS = 'patch deployment cart-api --patch {"spec": {"replicas": 4}}'


def test_companies_find_as_many_pods_as_before_when_the_canary_ends(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The autoscaler has left the api one pod of four: the others come, ready, before the gateway sends all there."""
    autoscaled(cluster_on_old, clock, monkeypatch)

    done = rolled_out(cluster_on_old, series, "--watch", "0.25")

    assert done.exit_code == 0, done.output
    calls = cluster_on_old.changes()
    grown = calls.index(PODS)
    assert calls[grown - 4].startswith("set image deployment/cart-api")
    assert calls[grown + 1] == "rollout status deployment/cart-api --timeout 10m"
    assert calls[grown + 2].startswith("patch deployment gateway")


def test_companies_find_as_many_pods_as_before_when_a_canary_is_taken_back(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are asked for first, and not waited for: the canary is worse than too few pods."""
    autoscaled(cluster_on_old, clock, monkeypatch)
    series.values = {"db_pool_timeouts_total": 1.0, **series.values}

    rolled_out(cluster_on_old, series)

    calls = cluster_on_old.changes()
    assert calls[calls.index(PODS) + 1].startswith("patch deployment gateway")
    assert cluster_on_old.share() is None


def test_pods_that_do_not_come_take_it_back_too(cluster_on_old: Cluster, series: Series) -> None:
    """Also after every company had the canary."""
    cluster_on_old.change(
        failing=["set image deployment/cart-api deployment/cart-worker deployment/cart-jobs *=" + NEW]
    )

    done = rolled_out(cluster_on_old, series, "--watch", "0")

    assert done.exit_code == 1
    assert f"cart was rolled back to {OLD}" in " ".join(done.output.split())
    assert cluster_on_old.share() is None
    assert cluster_on_old.images() == ON_OLD


def test_one_who_interrupts_it_leaves_nothing_unwatched(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while a canary has shoppers."""

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "wait", interrupt)

    done = rolled_out(cluster_on_old, series)

    assert done.exit_code == 1
    assert "it was interrupted" in done.output
    assert cluster_on_old.share() is None
    assert cluster_on_old.images() == ON_OLD


def test_an_error_that_nobody_foresaw_leaves_nothing_unwatched(
    cluster_on_old: Cluster, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown as it is once everything was taken back."""

    def broken(watch: Watch) -> None:
        raise KeyError("metric")

    monkeypatch.setattr(Watch, "look", broken)

    done = rolled_out(cluster_on_old, series)

    assert isinstance(done.exception, KeyError)
    assert cluster_on_old.share() is None
    assert cluster_on_old.images() == ON_OLD


def test_a_run_that_was_killed_goes_on_at_its_share(
    cluster_on_old: Cluster, series: Series, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shops that have met the canary keep it; what it replaces, and how many pods there were, is known from it."""
    autoscaled(cluster_on_old, clock, monkeypatch)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as first:
        first.setattr(rolling_out, "PERCENTS", (10, 25))
        first.setattr(rolling_out, "set_image", killed)
        with pytest.raises(Killed):
            rolled_out(cluster_on_old, series, "--watch", "0.25")
    assert cluster_on_old.share() == "cart=25"

    done = rolled_out(cluster_on_old, series, "--watch", "0")

    assert done.exit_code == 0, done.output
    canaries = [each["spec"]["replicas"] for each in cluster_on_old.state["put"] if each["kind"] == "Deployment"]
    assert canaries == [1, 1, 1, 2, 3, 4]
    assert shares(cluster_on_old) == ["cart=10", *(f"cart={percent}" for percent in (25, 25, 50, 75, 100)), "null"]
    assert cluster_on_old.images() == ON_NEW


def test_while_another_roll_out_is_under_way_none_begins(cluster_on_old: Cluster, series: Series) -> None:
    """Of another image: its canary is left as it is."""
    cluster_on_old.change(failing=["patch"])
    rolled_out(cluster_on_old, series)
    before = cluster_on_old.changes()

    done = rolled_out(cluster_on_old, series, image=OLDEST)

    assert done.exit_code == 1
    assert f"a roll-out of cart to {NEW} is under way" in " ".join(done.output.split())
    assert cluster_on_old.changes() == before


def test_migrations_that_fail_leave_everything_as_it_is(cluster_on_old: Cluster, series: Series) -> None:
    """With their log; there is no canary yet."""
    cluster_on_old.change(fails=["migrate"])

    done = rolled_out(cluster_on_old, series)

    assert done.exit_code == 1
    assert "carts has no column colour" in done.output
    assert [line.split()[0] for line in cluster_on_old.changes()] == ["delete", "create", "delete"]


def test_what_runs_already_is_left_alone(cluster_on_new: Cluster, series: Series) -> None:
    """A roll-out that is run a second time."""
    done = rolled_out(cluster_on_new, series)

    assert (done.exit_code, done.output) == (0, f"cart runs {NEW} already\n")
    assert cluster_on_new.changes() == []


def test_a_dry_run_prints_every_call_and_makes_none(cluster_on_old: Cluster, series: Series) -> None:
    """Also without a Prometheus."""
    done = cluster_on_old.run("rollout", "cart", NEW, "--prometheus", "http://127.0.0.1:9", "--dry-run")

    assert done.exit_code == 0, done.output
    assert f"set image deployment/cart-api deployment/cart-worker deployment/cart-jobs '*={NEW}'" in done.output
    assert "Deployment cart-api-canary, Service cart-canary" in done.output
    assert done.output.count("# watch the thresholds") == 6
    assert cluster_on_old.changes() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["basket", NEW], "there is no service basket"),
        (["cart", "registry.test/cart"], "neither tag nor digest"),
        (["cart", NEW, "--beta", "acme"], "acme is no company's id"),
        (["cart", NEW, "--prometheus", "http://127.0.0.1:9"], "Prometheus does not answer at http://127.0.0.1:9"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cluster_on_old: Cluster, series: Series, arguments: list[str], sentence: str
) -> None:
    """Before anything is changed."""
    done = cluster_on_old.run("rollout", "--prometheus", series.url, *arguments, "--yes")

    assert done.exit_code == 1
    assert sentence in " ".join(done.output.split())
    assert cluster_on_old.changes() == []


def test_without_a_cluster_it_is_refused(cluster_on_old: Cluster, series: Series, tmp_path: Path) -> None:
    """In the sentence that kubectl ends with."""
    (tmp_path / "state.json").unlink()

    done = rolled_out(cluster_on_old, series)

    assert done.exit_code == 1
    assert "The connection was refused" in done.output
