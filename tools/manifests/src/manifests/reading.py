"""Reading the manifests of a repository, and holding them against each other."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from manifests.errors import ManifestErrors
from manifests.model import Manifest

FILE = "service.toml"


def load_manifests(repository: Path) -> tuple[Manifest, ...]:
    """Read the manifest of every folder under `services`, sorted by name.

    Raises ManifestErrors when a folder has none, when one cannot be read, or when two disagree.
    """
    manifests: list[Manifest] = []
    problems: list[str] = []
    for folder in _folders(repository / "services"):
        try:
            manifests.append(load_manifest(folder))
        except ManifestErrors as invalid:
            problems += invalid.problems
    if not problems:
        problems = [*_conflicts(manifests)]
    if problems:
        raise ManifestErrors(problems)
    return tuple(manifests)


def load_manifest(folder: Path) -> Manifest:
    """Read one service's manifest; raises ManifestErrors naming the file and each wrong field."""
    place = f"services/{folder.name}/{FILE}"
    try:
        content = tomllib.loads((folder / FILE).read_text())
        manifest = Manifest.model_validate(content)
    except FileNotFoundError:
        raise ManifestErrors(
            [f"{place}: is missing, so nothing guards this folder: write it or delete the folder"]
        ) from None
    except tomllib.TOMLDecodeError as broken:
        raise ManifestErrors([f"{place}: is no TOML: {broken}"]) from None
    except ValidationError as invalid:
        raise ManifestErrors([f"{place}: {fault}" for fault in _faults(invalid)]) from None
    if manifest.name != folder.name:
        raise ManifestErrors([f"{place}: name: is {manifest.name}, but the folder is {folder.name}"])
    return manifest


def _folders(services: Path) -> list[Path]:
    """The folders with files in them; what is left of a deleted service is only Python's cache."""
    return [folder for folder in sorted(services.iterdir()) if folder.is_dir() and any(_files(folder))]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _faults(invalid: ValidationError) -> Iterator[str]:
    for error in invalid.errors(include_url=False):
        field = ".".join(str(part) for part in error["loc"])
        message = error["msg"].removeprefix("Value error, ")
        yield f"{field}: {message}" if field else message


def _conflicts(manifests: Sequence[Manifest]) -> Iterator[str]:
    names = {manifest.name for manifest in manifests}
    for manifest in manifests:
        for upstream in sorted(set(manifest.upstreams) - names):
            yield f"services/{manifest.name}/{FILE}: upstreams: there is no service {upstream}"
    yield from _shared("database", ((manifest.name, manifest.database) for manifest in manifests))
    yield from _shared("gateway", ((m.name, path) for m in manifests for path in m.gateway.all_paths))


def _shared(field: str, values: Iterable[tuple[str, str]]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, value in values:
        owner = owners.setdefault(value, name)
        if owner != name:
            yield f"services/{name}/{FILE}: {field}: {value} belongs to {owner}"
