"""The rules of Prometheus as they are written in the repository."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Rule:
    """A recording rule or an alert; several alerts may have one name, with different labels."""

    name: str
    query: str
    is_alert: bool
    labels: tuple[tuple[str, str], ...] = ()
    entry: Any = None


def rule_files(folder: Path) -> list[Path]:
    """The files that Prometheus loads, recording rules first."""
    return [*sorted(folder.glob("*.yml")), *sorted(folder.glob("alerts/*.yml"))]


def rules_in(folder: Path) -> Iterator[Rule]:
    """Every rule of the folder, in the order of its files."""
    for path in rule_files(folder):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for entry in group["rules"]:
                labels = tuple(sorted(entry.get("labels", {}).items()))
                yield Rule(entry.get("alert") or entry["record"], entry["expr"], "alert" in entry, labels, entry)
