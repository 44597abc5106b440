"""Base images made of Debian's packages alone, for machines that reach no registry."""

import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from localservers.errors import StepFailed

from images.catalogue import Bases
from images.engines import Engine

SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
PACKAGES = ("ca-certificates", "netbase", "python3", "tzdata")
DEBIAN = Bases(
    python="localhost/debian-python:3.11", build="localhost/debian-build:3.11", nginx="localhost/debian-nginx:1.22"
)
DERIVED = (("build", DEBIAN.build), ("nginx", DEBIAN.nginx))
"""The stages of debian.Dockerfile, and what is made of each."""
_UNREAD = ("usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt", "var/lib/apt/lists", "var/log")

Step = Callable[[str], AbstractContextManager[None]]


def make_bases(engine: Engine, place: Path, step: Step, log: Path) -> None:
    """Make those of the bases that the engine lacks; the packed file system in `place` is kept for the next time."""
    archive = place / f"{SUITE}.tar"
    if not archive.exists():
        with step("Debian by debootstrap"):
            make_archive(place, archive, log)
    if not engine.has(DEBIAN.python):
        with step(DEBIAN.python):
            engine.do([engine.program, "import", str(archive), DEBIAN.python], log)
    for target, image in DERIVED:
        if not engine.has(image):
            with step(image):
                engine.do(derive_command(engine, target, image), log)


def derive_command(engine: Engine, target: str, image: str) -> list[str]:
    """The command that adds a few packages to the base."""
    file = "deploy/images/debian.Dockerfile"
    base = f"BASE_IMAGE={DEBIAN.python}"
    return [engine.program, "build", "--build-arg", base, "--target", target, "--file", file, "--tag", image, "."]


def debootstrap_commands(root: Path) -> Sequence[Sequence[str]]:
    """What makes the file system: the release, and its security updates over it."""
    apt = ["chroot", str(root), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    return [
        ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(root), MIRROR],
        [*apt, "update"],
        [*apt, "upgrade"],
        [*apt, "clean"],
    ]


def make_archive(place: Path, archive: Path, log: Path) -> None:
    """Make the file system with Debian's tools and pack it; nothing is left of a try that failed."""
    root = place / "debian"
    shutil.rmtree(root, ignore_errors=True)
    try:
        for number, command in enumerate(debootstrap_commands(root)):
            if number == 1:
                sources = f"deb {MIRROR} {SUITE} main\ndeb {SECURITY} {SUITE}-security main\n"
                (root / "etc/apt/sources.list").write_text(sources)
            with log.open("ab") as output:
                if subprocess.run(command, stdout=output, stderr=output, check=False).returncode:
                    raise StepFailed("debootstrap", f"`{' '.join(command[:4])}` failed", log)
        _trim(root)
        unfinished = archive.with_suffix(".unfinished")
        with tarfile.open(unfinished, "w") as packed:
            packed.add(root, arcname=".")
        unfinished.rename(archive)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _trim(root: Path) -> None:
    """Delete what nobody reads in a container; licences stay."""
    for name in _UNREAD:
        for path in (root / name).iterdir() if (root / name).is_dir() else ():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for path in (root / "usr/share/doc").rglob("*"):
        if path.name != "copyright" and not path.is_dir():
            path.unlink()
    for device in (root / "dev").iterdir():
        shutil.rmtree(device) if device.is_dir() and not device.is_symlink() else device.unlink()
