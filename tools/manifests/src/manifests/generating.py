"""The files that follow from the manifests: written by `make manifests`, held against them by lint."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manifests import compose
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
    changed = {file: text for file, (old, text) in _texts(repository, manifests).items() if text != old}
    for file, text in changed.items():
        (repository / file).write_text(text)
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
