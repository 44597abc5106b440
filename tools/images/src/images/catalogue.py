"""Which images there are, and how each is built."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cartwheel_local.services import SERVICES

from images.errors import UnknownImage

PYTHON = "python:3.11-slim-bookworm"
NGINX = "nginx:1.28-alpine"


@dataclass(frozen=True, slots=True)
class Bases:
    """The images that ours are built on; `build` has the interpreter of `python`, with venv and pip."""

    python: str = PYTHON
    build: str = PYTHON
    nginx: str = NGINX


@dataclass(frozen=True, slots=True)
class Image:
    """One image: its file and the arguments that tell it from others of the same file."""

    name: str
    dockerfile: str
    arguments: dict[str, str] = field(default_factory=dict)
    is_service: bool = False

    @property
    def repository(self) -> str:
        """Its name in a registry, without a tag."""
        return f"cartwheel-{self.name}"


IMAGES = (
    *(Image(service, "Dockerfile", {"SERVICE": service}, is_service=True) for service in SERVICES),
    Image("aws", "deploy/local/Dockerfile"),
    Image("gateway", "deploy/gateway/Dockerfile"),
)


def images_named(names: Sequence[str]) -> Iterable[Image]:
    """The images of these names, all without any; raises UnknownImage before anything is built."""
    known = {image.name: image for image in IMAGES}
    if unknown := [name for name in names if name not in known]:
        raise UnknownImage(f"there is no image {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else IMAGES
