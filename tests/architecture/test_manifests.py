"""Each service is what its manifest says, and no folder under services/ is left unguarded."""

import re
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import get_type_hints
from unittest.mock import MagicMock

import pytest
from k8s.rules.environment import secrets_of
from manifests.copies import copy_repository
from manifests.generating import write
from manifests.guarding import problems
from manifests.model import Manifest
from manifests.reading import load_manifests
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings, stand_in

from .modules import ROOT

MANIFESTS = load_manifests(ROOT)
NAMES = {manifest.name for manifest in MANIFESTS}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of this one."""
    return copy_repository(ROOT, tmp_path)


def service_of(manifest: Manifest) -> AnyService:
    """The service as its own code describes it."""
    service: AnyService = import_module(f"{manifest.name}.main").SERVICE
    return service


def test_every_folder_is_guarded() -> None:
    """The repository has no folder under services/ that a check or a test would miss."""
    assert problems(ROOT) == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_a_manifest_says_what_the_code_does(manifest: Manifest) -> None:
    """Queues to watch, jobs, secrets and addresses of upstreams are those that the service really has."""
    service = service_of(manifest)
    kit = MagicMock(settings=stand_in(service.settings))
    fields = get_type_hints(service.settings)

    assert service.name == manifest.name
    assert sorted(service.subscriptions.queues if service.subscriptions else ()) == sorted(manifest.worker.queues)
    assert sorted(job.name for job in service.jobs(kit)) == sorted(manifest.jobs)
    assert {name for name in NAMES if f"{name}_url" in fields} == set(manifest.upstreams)
    assert secrets_of(service.settings) - secrets_of(ServiceSettings) == set(manifest.secrets)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_a_manifest_names_the_services_of_aws_that_are_called(manifest: Manifest) -> None:
    """Who calls none is let to nobody outside."""
    sources = (ROOT / "services" / manifest.name / "src").rglob("*.py")
    clients = {name for source in sources for name in re.findall(r"\.client\(\s*\"(\w+)\"", source.read_text())}

    assert clients == set(manifest.aws)


def test_a_planted_folder_is_found(repository: Path) -> None:
    """A folder under services/ is a service with everything, or it is not there."""
    planted = repository / "services" / "stray" / "src" / "stray"
    planted.mkdir(parents=True)
    (planted / "main.py").write_text('"""Nobody looks at this."""\n')

    assert problems(repository) == [
        "services/stray/service.toml: is missing, so nothing guards this folder: write it or delete the folder"
    ]


def test_a_planted_service_is_in_every_list_and_has_tests(repository: Path) -> None:
    """A manifest alone is not enough: rules of imports, compose and uv know the service, and it has tests that run."""
    planted = repository / "services" / "stray"
    planted.mkdir()
    text = (repository / "services" / "upsell" / "service.toml").read_text()
    (planted / "service.toml").write_text(text.replace("upsell", "stray"))
    (planted / "tests").mkdir()
    (planted / "tests" / "test_stray.py").touch()

    assert problems(repository) == [
        "services/stray/README.md: is missing",
        "services/stray/pyproject.toml: is missing",
        "services/stray/openapi.json: is missing",
        "services/stray/src/stray/__init__.py: is missing",
        "services/stray/src/stray/main.py: is missing",
        "services/stray/tests/integration: has no test",
        "services/stray/tests/contract: has no test",
        "services/stray/tests/test_stray.py: is never run, tests are in tests/{unit,integration,contract}",
        ".importlinter: is not what the manifests say: run `make manifests`",
        "pyproject.toml: is not what the manifests say: run `make manifests`",
        "docker-compose.yml: is not what the manifests say: run `make manifests`",
        "deploy/k8s/base: 10 files are not what the manifests say, first deploy/k8s/base/cart/network.yaml: "
        "run `make manifests`",
        "deploy/k8s/components: 13 files are not what the manifests say, first deploy/k8s/components/canary/stray/"
        "canary.yaml: run `make manifests`",
    ]


def test_writing_puts_right_what_the_check_finds(repository: Path) -> None:
    """A service that is deleted leaves every list with one command."""
    rmtree(repository / "services" / "upsell")

    assert [problem.split(":")[0] for problem in problems(repository)] == [
        ".importlinter",
        "pyproject.toml",
        "docker-compose.yml",
        "deploy/k8s/base",
        "deploy/k8s/components",
    ]
    write(repository, load_manifests(repository))
    assert problems(repository) == []


@pytest.mark.parametrize("file", [".importlinter", "pyproject.toml", "docker-compose.yml"])
def test_a_generated_list_changed_by_hand_is_found(repository: Path, file: str) -> None:
    """A list that forgets a service is one that nothing guards it by."""
    text = (repository / file).read_text()
    (repository / file).write_text("\n".join(line for line in text.split("\n") if "upsell" not in line))

    assert problems(repository) == [f"{file}: is not what the manifests say: run `make manifests`"]


def test_a_whole_file_changed_left_over_or_lost_is_found(repository: Path) -> None:
    """What is applied to a cluster is what the manifests say, and nothing beside it; writing puts it right."""
    base = repository / "deploy" / "k8s" / "base"
    with (base / "cart" / "api.yaml").open("a") as changed:
        changed.write("# by hand\n")
    (base / "cart" / "worker.yaml").unlink()
    (base / "shop").mkdir()
    (base / "shop" / "api.yaml").touch()

    assert problems(repository) == [
        "deploy/k8s/base: 3 files are not what the manifests say, first deploy/k8s/base/cart/api.yaml: "
        "run `make manifests`"
    ]
    write(repository, MANIFESTS)
    assert problems(repository) == []


def test_a_rule_of_imports_with_a_list_of_its_own_is_found(repository: Path) -> None:
    """The next service would not be in it."""
    with (repository / ".importlinter").open("a") as rules:
        rules.write("[importlinter:contract:new]\nsource_modules =\n    cart\n    upsell\n")

    assert problems(repository) == [".importlinter: lists cart and upsell by hand: put a generated region there"]
