"""A policy linter's opinion of the objects: checkov, with the exceptions that deploy/k8s/checkov.yaml reasons."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from k8s.errors import CheckFailed
from k8s.objects import Object

EXCEPTIONS = Path("deploy/k8s/checkov.yaml")


def lint(checkov: Path, objects: Sequence[Object], place: Path) -> int:
    """Hold objects against checkov's policies for Kubernetes. Returns how many were passed; `place` may be written.

    Raises CheckFailed with a line for each fault, and when nothing was checked at all.
    """
    place.write_text(yaml.safe_dump_all(objects))
    command = [str(checkov), "--config-file", str(EXCEPTIONS), "--file", str(place), "--output", "json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report: dict[str, Any] = json.loads(run.stdout)
        passed = int(report["summary"]["passed"])
    except (ValueError, KeyError, TypeError):
        raise CheckFailed(f"checkov did not answer: {run.stderr.strip() or run.stdout.strip()}") from None
    if faults := [*_faults(report)]:
        raise CheckFailed("\n".join(faults))
    if not passed:
        raise CheckFailed("checkov found nothing to judge")
    return passed


def _faults(report: dict[str, Any]) -> Iterator[str]:
    for failed in report["results"]["failed_checks"]:
        yield f"{failed['resource']}: {failed['check_name']} ({failed['check_id']})"
