"""docker-compose.yml and the Dockerfiles start the same stack as the processes of `make up`."""

import re
from typing import Any

import pytest
import yaml
from cartwheel_local.docker import compose_variables
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import SERVICES
from localservers.home import REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_migrates_and_then_runs_in_both_roles(service: str) -> None:
    """The roles are one image, and neither starts on a database of yesterday."""
    described = COMPOSE["services"]

    assert described[f"{service}-migrate"]["command"] == ["migrate"]
    for role in ("api", "worker"):
        container = described[f"{service}-{role}"]
        assert container["command"][0] == role
        assert container["image"] == described[f"{service}-migrate"]["image"]
        assert container["depends_on"][f"{service}-migrate"] == {"condition": "service_completed_successfully"}


def test_every_dependency_is_described() -> None:
    """A name that nothing answers to would only be found when somebody starts it."""
    described = COMPOSE["services"]

    needed = {name for container in described.values() for name in container.get("depends_on", {})}

    assert needed <= set(described)


def test_every_dockerfile_exists_and_is_not_run_as_root() -> None:
    """An image runs as an account of its own."""
    builds = [container["build"] for container in COMPOSE["services"].values() if "build" in container]

    assert len(builds) == len(SERVICES) + 2
    for build in builds:
        dockerfile = REPOSITORY / build.get("dockerfile", "Dockerfile")
        assert re.search(r"^USER (?!root)", dockerfile.read_text(), re.MULTILINE)


def test_only_loopback_is_published() -> None:
    """A laptop in a café offers its carts to nobody."""
    published = [port for container in COMPOSE["services"].values() for port in container.get("ports", ())]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_secret_comes_from_the_command_that_makes_them(secrets: Secrets) -> None:
    """No secret is written in the file, and none that it insists on is forgotten."""
    insisted = set(re.findall(r"\$\{(\w+):\?\}", TEXT))

    assert insisted == set(compose_variables(secrets))
