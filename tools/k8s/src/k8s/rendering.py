"""What `kubectl apply --kustomize` would send to a cluster."""

import subprocess
from pathlib import Path

from k8s.errors import CheckFailed

OVERLAYS = Path("deploy/k8s/overlays")


def overlays(repository: Path) -> list[str]:
    """The names of all overlays."""
    return sorted(path.parent.name for path in (repository / OVERLAYS).glob("*/kustomization.yaml"))


def render(kubectl: Path, repository: Path, overlay: str) -> str:
    """The objects of an overlay as YAML; raises CheckFailed with what kustomize says of a broken one."""
    command = [str(kubectl), "kustomize", str(repository / OVERLAYS / overlay)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise CheckFailed(f"{overlay} cannot be rendered: {run.stderr.strip()}")
    return run.stdout
