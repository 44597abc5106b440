"""Kubernetes' own schemas, which the objects that it has built in are held against."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml

from k8s.errors import CheckFailed
from k8s.objects import Object

VERSION = "1.37"
BUILT_IN = ("apps", "autoscaling", "batch", "policy")
"""The groups of built-in objects; those under k8s.io, and those without a group, are too."""


def is_built_in(found: Object) -> bool:
    """Whether Kubernetes has this kind without an operator."""
    group, _, version = str(found["apiVersion"]).rpartition("/")
    return bool(version) and (group in ("", *BUILT_IN) or group.endswith(".k8s.io"))


def validate(validator: Path, objects: Sequence[Object], place: Path) -> int:
    """Hold built-in objects against the schemas strictly: a field that does not exist is a fault. Returns how many.

    Raises CheckFailed with what is wrong; `place` is a file that it may write.
    """
    held = [found for found in objects if is_built_in(found)]
    place.write_text(yaml.safe_dump_all(held))
    command = [str(validator), "--strict", "--quiet", "--kubernetes-version", VERSION, str(place)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode or run.stdout.strip():
        raise CheckFailed(f"{run.stdout}{run.stderr}".strip())
    return len(held)
