"""An engine that needs no registry and no privileges beyond root's: podman with a store of its own.

Images are built in a chroot, containers use the host's network.
"""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from localservers.errors import ProgramMissing
from localservers.home import REPOSITORY

from images.engines import Engine

PROGRAMS = ("debootstrap", "podman", "runc")
INSTALL = REPOSITORY / "scripts" / "install-debian-packages"
CONTAINERS = REPOSITORY / "deploy" / "images" / "containers.conf"


def install_programs(log: Path) -> None:
    """Install what is missing with Debian's packages; raises ProgramMissing where that is not possible."""
    missing = [program for program in PROGRAMS if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    if not missing:
        return
    with log.open("ab") as output:
        # What buildah calls for its layers is only recommended by podman, and so is not installed with it.
        done = subprocess.run([INSTALL, *missing, "buildah"], stdout=output, stderr=output, check=False)
    if done.returncode:
        raise ProgramMissing(f"{', '.join(missing)}: install them with apt-get; see {log}")


def sandbox(place: Path) -> Engine:
    """The engine whose images and containers are all in `place`."""
    place.mkdir(parents=True, exist_ok=True)
    driver = "overlay" if _overlays(place) else "vfs"
    storage = place / "storage.conf"
    storage.write_text(
        f'[storage]\ndriver = "{driver}"\ngraphroot = "{place / driver}"\nrunroot = "{place / "run"}"\n',
        encoding="utf-8",
    )
    return Engine(
        "podman",
        {
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_CONF": str(CONTAINERS),
            "CONTAINERS_STORAGE_CONF": str(storage),
            "STORAGE_DRIVER": driver,
        },
    )


def _overlays(place: Path) -> bool:
    """Whether layers can be mounted over each other here; else each is a copy of all below it, which takes minutes."""
    with TemporaryDirectory(dir=place) as folder:
        layers = [Path(folder, name) for name in ("lower", "upper", "work", "merged")]
        for layer in layers:
            layer.mkdir()
        lower, upper, work, merged = layers
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        mounted = subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o", options, merged], capture_output=True, check=False
        )
        if mounted.returncode == 0:
            subprocess.run(["umount", merged], check=True)
        return mounted.returncode == 0
