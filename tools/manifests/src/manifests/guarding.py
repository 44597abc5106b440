"""What a folder under `services` must have so that the build's checks and tests reach it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from manifests.errors import ManifestErrors
from manifests.generating import outdated
from manifests.model import Manifest
from manifests.reading import load_manifests
from manifests.regions import without

KINDS = ("unit", "integration", "contract")
"""The folders of tests that `scripts/test` runs, of a service as of a library."""


def problems(repository: Path) -> list[str]:
    """Say what keeps a folder under `services` from being guarded, one sentence each; nothing when all are."""
    try:
        manifests = load_manifests(repository)
    except ManifestErrors as invalid:
        return [*invalid.problems]
    return [
        *_unguarded(repository, manifests),
        *_listed_by_hand(repository, manifests),
        *outdated(repository, manifests),
    ]


def _unguarded(repository: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    for manifest in manifests:
        folder = repository / "services" / manifest.name
        for file in _required(manifest.name):
            if not (folder / file).is_file():
                yield f"services/{manifest.name}/{file}: is missing"
        for kind in ("integration", "contract"):
            if not any((folder / "tests" / kind).glob("test_*.py")):
                yield f"services/{manifest.name}/tests/{kind}: has no test"
        yield from _never_run(repository, folder)


def _listed_by_hand(repository: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """A rule of imports with a list of its own would forget the next service."""
    names = {manifest.name for manifest in manifests}
    lines = [line.strip() for line in without((repository / ".importlinter").read_text(), "services").splitlines()]
    for line, following in pairwise(lines):
        if {line, following} <= names:
            yield f".importlinter: lists {line} and {following} by hand: put a generated region there"


def _required(name: str) -> tuple[str, ...]:
    return ("README.md", "pyproject.toml", "openapi.json", f"src/{name}/__init__.py", f"src/{name}/main.py")


def _never_run(repository: Path, folder: Path) -> Iterator[str]:
    for test in sorted((folder / "tests").rglob("test_*.py")):
        if test.relative_to(folder / "tests").parts[0] not in KINDS:
            yield f"{test.relative_to(repository)}: is never run, tests are in tests/{{{','.join(KINDS)}}}"
