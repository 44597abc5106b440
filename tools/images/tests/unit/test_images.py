"""What is built, what it is told, and how an image is judged."""

import json
from typing import Any

import pytest
from cartwheel_local.services import SERVICES
from images.__main__ import app
from images.catalogue import IMAGES, Bases, images_named
from images.contents import LABELS, faults_of
from images.engines import Engine, engine_here
from images.errors import NoEngine, UnknownImage
from localservers.home import REPOSITORY
from typer.testing import CliRunner

GOOD = {"uid": 10001, "writable": [], "tmp": True, "tools": [], "modules": [], "uncompiled": 0, "packages": ["a==1"]}
SBOM = {"components": [{"name": "A", "version": "1"}]}
LABELLED = {f"org.opencontainers.image.{label}": "x" for label in LABELS}


def test_every_service_has_an_image() -> None:
    """A new service is built with the others."""
    assert {image.name for image in IMAGES if image.is_service} == set(SERVICES)
    assert all((REPOSITORY / image.dockerfile).is_file() for image in IMAGES)


def test_an_unknown_image_is_refused_with_those_that_there_are() -> None:
    """Before anything is built, also for those before it."""
    with pytest.raises(UnknownImage, match="no image 'nosuch'; there are analytics, cart"):
        images_named(["cart", "nosuch"])


def test_a_dry_run_prints_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """And asks nothing of an engine."""
    monkeypatch.setattr("images.__main__.engine_here", lambda wanted: Engine(wanted or "podman"))

    done = CliRunner().invoke(
        app, ["build", "cart", "gateway", "--engine", "docker", "--nginx", "nginx:9", "--dry-run"]
    )

    first, second = done.output.strip().splitlines()
    assert first.startswith("docker build ")
    assert "--build-arg SERVICE=cart" in first
    assert "--build-arg BASE_IMAGE=nginx:9" in second


def test_without_an_engine_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which were looked for."""
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NoEngine, match="docker, podman, buildah"):
        engine_here()


def test_an_engine_that_keeps_health_checks_is_told_to() -> None:
    """Podman's and buildah's own format has none."""
    command = Engine("podman").build_command(IMAGES[0], Bases(), "1", "abc")

    assert command[2:4] == ["--format", "docker"]
    assert "--format" not in Engine("docker").build_command(IMAGES[0], Bases(), "1", "abc")


def test_a_good_image_has_no_fault() -> None:
    """Nothing is found where nothing is wrong."""
    assert list(faults_of(GOOD, SBOM, LABELLED)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"uid": 0}, "runs as root"),
        ({"writable": ["/app/x"]}, "can write to /app/x"),
        ({"tmp": False}, "cannot write to /tmp"),
        ({"tools": ["gcc"]}, "has build tools: gcc"),
        ({"modules": ["pip"]}, "has build tools: pip"),
        ({"uncompiled": 3}, "has 3 modules without bytecode"),
        ({"packages": ["a==1", "b==2"]}, "its bill of materials differs from what is installed: b==2"),
    ],
)
def test_each_fault_of_an_image_is_found(change: dict[str, Any], fault: str) -> None:
    """One thing wrong, one sentence."""
    assert list(faults_of(json.loads(json.dumps(GOOD | change)), SBOM, LABELLED)) == [fault]


def test_a_missing_label_is_found() -> None:
    """A registry's pages and scanners read them."""
    assert list(faults_of(GOOD, SBOM, {})) == [f"has no label {label}" for label in LABELS]
