"""The files that follow from the manifests: written by `make manifests`, held against them by lint."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manifests import compose
from manifests.kubernetes import files as kubernetes
from manifests.model import Manifest
from manifests.regions import RegionMissing, fill

Render = Callable[[Sequence[Manifest]], Sequence[str]]


def _names(manifests: Sequence[Manifest]) -> list[str]:
    return [manifest.name for manifest in manifests]


def _uv_sources(manifests: Sequence[Manifest]) -> list[str]:
    return [f"cartwheel-{manifest.name} = {{ workspace = true }}" for manifest in manifests]


@dataclass(frozen=True, slots=True)
class Region:
    """A generated part of a file; one that stands there several times is the same each time."""

    file: str
    name: str
    render: Render


REGIONS = (
    Region(".importlinter", "services", _names),
    Region("pyproject.toml", "services", _uv_sources),
    Region("docker-compose.yml", "databases", compose.databases),
    Region("docker-compose.yml", "gateway", compose.dependencies),
    Region("docker-compose.yml", "services", compose.services),
)


def write(repository: Path, manifests: Sequence[Manifest]) -> list[str]:
    """Bring every generated part up to date, and return the names of the files that changed."""
    changed: dict[str, str | None] = {
        file: text for file, (old, text) in _texts(repository, manifests).items() if text != old
    }
    changed |= _whole_files(repository, manifests)
    for file, text in changed.items():
        path = repository / file
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return sorted(changed)


def outdated(repository: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """Say of each file that is not what the manifests make of it what to do."""
    try:
        texts = _texts(repository, manifests)
    except RegionMissing as missing:
        yield str(missing)
        return
    for file, (old, text) in texts.items():
        if text != old:
            yield f"{file}: is not what the manifests say: run `make manifests`"
    for folder in kubernetes.FOLDERS:
        if wrong := sorted(file for file in _whole_files(repository, manifests) if file.startswith(f"{folder}/")):
            yield f"{folder}: {len(wrong)} files are not what the manifests say, first {wrong[0]}: run `make manifests`"


def _whole_files(repository: Path, manifests: Sequence[Manifest]) -> dict[str, str | None]:
    """The generated files that are not as they should be, with the text that each should have; None if none."""
    wanted = kubernetes.files(repository, manifests)
    present = {
        str(path.relative_to(repository))
        for folder in kubernetes.FOLDERS
        for path in (repository / folder).rglob("*")
        if path.is_file()
    }
    changed: dict[str, str | None] = dict.fromkeys(present - set(wanted))
    for file, text in wanted.items():
        if file not in present or (repository / file).read_text() != text:
            changed[file] = text
    return changed


def _texts(repository: Path, manifests: Sequence[Manifest]) -> dict[str, tuple[str, str]]:
    """Each file's text as it is and as it should be."""
    texts: dict[str, tuple[str, str]] = {}
    for region in REGIONS:
        old = (repository / region.file).read_text()
        _, current = texts.get(region.file, (old, old))
        try:
            texts[region.file] = (old, fill(current, region.name, region.render(manifests)))
        except RegionMissing as missing:
            raise RegionMissing(f"{region.file}: {missing}") from None
    return texts
