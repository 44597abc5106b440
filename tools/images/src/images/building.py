"""Building images one after the other, with what each took."""

import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from localservers.home import REPOSITORY
from rich.table import Table

from images.bases import Step
from images.catalogue import Bases, Image
from images.engines import Engine


@dataclass(frozen=True, slots=True)
class Built:
    """An image, its size in bytes with its base, and how long it took."""

    image: str
    size: int
    seconds: float


def build(engine: Engine, images: Iterable[Image], bases: Bases, tag: str, step: Step, logs: Path) -> list[Built]:
    """Build the images, each with a log of its own; raises StepFailed at the first that cannot be built."""
    return [_build(engine, image, bases, tag, step, logs) for image in images]


def revision() -> str:
    """The commit that is built from, with "-dirty" when files differ from it; "unknown" outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def sizes_table(built: Iterable[Built]) -> Table:
    """What was built, for a person."""
    table = Table("image", "MB", "seconds")
    for each in built:
        table.add_row(each.image, f"{each.size / 1e6:.0f}", f"{each.seconds:.1f}")
    return table


def _build(engine: Engine, image: Image, bases: Bases, tag: str, step: Step, logs: Path) -> Built:
    log = logs / f"build-{image.name}.log"
    log.unlink(missing_ok=True)
    name = f"{image.repository}:{tag}"
    started = time.monotonic()
    with step(name):
        engine.do(engine.build_command(image, bases, tag, revision()), log)
    return Built(name, engine.size(name, log), time.monotonic() - started)
