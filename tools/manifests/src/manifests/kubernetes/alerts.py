"""Prometheus' rules as the Prometheus operator reads them: the groups of deploy/observability, unchanged."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from manifests.kubernetes.monitoring import API_VERSION
from manifests.kubernetes.objects import PART, PART_OF, Object, kind

SOURCE = "deploy/observability/prometheus"
NOTICE = f"# Generated from {SOURCE} (make manifests): change that, and not this file.\n"


def files(repository: Path) -> Mapping[str, Sequence[Object]]:
    """An object for each file of rules, by the name of the file that it is written to."""
    place = repository / SOURCE
    found = [place / "recording.yml", *sorted((place / "alerts").glob("*.yml"))]
    return {f"rules-{file.stem}": [_object(file)] for file in found}


def _object(file: Path) -> Object:
    spec = {"groups": yaml.safe_load(file.read_text())["groups"]}
    return kind(API_VERSION, "PrometheusRule", f"cartwheel-{file.stem}", {PART: PART_OF}, spec=spec)
