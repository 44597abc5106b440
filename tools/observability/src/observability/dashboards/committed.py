"""The committed JSON of the dashboards: written, checked, and read for what it asks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from observability.paths import DASHBOARDS


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel of a dashboard."""

    board: str
    panel: str
    query: str


def targets_in(folder: Path = DASHBOARDS) -> Iterator[Target]:
    """Every query of every dashboard in the folder, as Grafana would send it."""
    for path in sorted(folder.glob("*.json")):
        board = json.loads(path.read_text())
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                yield Target(path.stem, panel["title"], target["expr"])


def outdated(texts: dict[str, str], folder: Path = DASHBOARDS) -> list[str]:
    """The files that are missing, differ from these texts (by name), or are of no dashboard any more."""
    kept = {path.name: path.read_text() for path in folder.glob("*.json")}
    return sorted(name for name in texts.keys() | kept.keys() if texts.get(name) != kept.get(name))


def write(texts: dict[str, str], folder: Path = DASHBOARDS) -> None:
    """Write each dashboard's file, and delete those of dashboards that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text)
