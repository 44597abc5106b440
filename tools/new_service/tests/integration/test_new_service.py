"""A new service, made in a copy of the repository: it is checked by everything, and its own tests pass."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from localservers.home import REPOSITORY
from manifests.copies import copy_repository
from manifests.guarding import problems
from manifests.reading import load_manifests
from servicekit.testing import Servers

NAME = "loyalty"
SERVICES = sorted([*(manifest.name for manifest in load_manifests(REPOSITORY)), NAME])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with one service more."""
    copy = copy_repository(REPOSITORY, tmp_path_factory.mktemp("copy"))
    made = run(copy, ["new_service", NAME])
    assert made.returncode == 0, made.stdout + made.stderr
    return copy


def run(repository: Path, arguments: Sequence[str], **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a Python module over the copy: the new package is found in it, all others where they are installed."""
    paths = os.pathsep.join([str(repository / "services" / NAME / "src"), "tests/architecture"])
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=repository,
        env=os.environ | {"PYTHONPATH": paths, "MYPYPATH": paths, "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def lint_imports(repository: Path, contract: str) -> "subprocess.CompletedProcess[str]":
    """Hold the copy to one rule of imports."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--contract", contract],
        cwd=repository,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(repository / "services" / NAME / "src"), "tests/architecture"])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_that_lists_services_has_it(repository: Path) -> None:
    """Compose, the import rules, uv and the stack, without a line written by hand."""
    assert NAME in [manifest.name for manifest in load_manifests(repository)]
    assert problems(repository) == []
    assert f"cartwheel_{NAME}" in (repository / "docker-compose.yml").read_text()


@pytest.mark.parametrize(
    "check",
    [
        ["ruff", "check", "services"],
        ["ruff", "format", "--check", "services"],
        ["mypy", "--package", NAME],
        ["servicekit.cli.settings_document", "--check", ".env.example", *SERVICES],
        ["pytest", "-q", "-p", "no:cacheprovider", "tests/architecture/test_roles.py"],
    ],
    ids=" ".join,
)
def test_it_passes_every_check_as_it_is(repository: Path, check: list[str]) -> None:
    """Whoever makes a service starts from green."""
    done = run(repository, check, MYPY_CACHE_DIR=str(REPOSITORY / ".mypy_cache"))

    assert done.returncode == 0, done.stdout + done.stderr


def test_its_own_tests_pass(repository: Path, servers: Servers) -> None:
    """Both roles start and are ready, the schema has no drift, and the api answers what its document says."""
    addresses = {
        "TEST_POSTGRES_URL": servers.postgres_url,
        "TEST_REDIS_URL": servers.redis_url,
        "TEST_RABBITMQ_URL": servers.rabbitmq_url,
    }

    tested = run(repository, ["pytest", "-q", "-p", "no:cacheprovider", f"services/{NAME}/tests"], **addresses)

    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_rules_of_imports_guard_it(repository: Path) -> None:
    """It keeps them as it is, and is found out when it imports another service."""
    assert lint_imports(repository, "services-apart").returncode == 0
    stray = repository / "services" / NAME / "src" / NAME / "clients.py"
    stray.write_text('"""A client that takes the short way."""\n\nimport cart.errors  # noqa: F401\n')

    linted = lint_imports(repository, "services-apart")

    stray.unlink()
    assert linted.returncode == 1
    assert f"{NAME}.clients -> cart.errors" in linted.stdout


def test_a_taken_name_changes_nothing(repository: Path) -> None:
    """The reason is said in one line, without a traceback."""
    refused = run(repository, ["new_service", "cart"])

    assert refused.returncode == 1
    assert refused.stderr == "services/cart is there already\n"
