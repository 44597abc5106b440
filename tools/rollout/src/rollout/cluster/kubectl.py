"""kubectl as a subprocess: the only place that calls it."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from rollout.errors import Refused

_PATIENCE_SECONDS = 900
_LOGGED = re.compile(r"^[EWI]\d{4} .*\n", re.MULTILINE)
"""What kubectl logs of itself, before the sentence that it ends with."""


class Kubectl:
    """Calls kubectl in one namespace of one context. With `dry_run` it only says what it would change."""

    def __init__(self, namespace: str, context: str, show: Callable[[str], None], *, dry_run: bool) -> None:
        self._options = ["--namespace", namespace, *(["--context", context] if context else [])]
        self._show = show
        self.dry_run = dry_run

    def read(self, *arguments: str) -> dict[str, Any]:
        """Return what `kubectl get` found, as it is stored. Refuses without kubectl, cluster or such a thing."""
        found: dict[str, Any] = json.loads(self._call("get", *arguments, "--output", "json"))
        return found

    def log(self, name: str) -> str:
        """Return the end of what a Job's pod wrote."""
        return self._call("logs", f"job/{name}", "--tail", "40")

    def change(self, *arguments: str, manifests: Sequence[dict[str, Any]] = ()) -> None:
        """Change something, or say with `dry_run` how it would be. Manifests are given on standard input."""
        if self.dry_run:
            objects = ", ".join(f"{each['kind']} {each['metadata']['name']}" for each in manifests)
            line = shlex.join(["kubectl", *self._options, *arguments])
            self._show(f"{line}  # {objects}" if objects else line)
            return
        given = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
        self._call(*arguments, text=json.dumps(given) if manifests else None)

    def _call(self, *arguments: str, text: str | None = None) -> str:
        program = shutil.which("kubectl")
        if program is None:
            raise Refused(
                "there is no kubectl on PATH: install it, and choose a context with kubectl config use-context"
            )
        try:
            done = subprocess.run(
                [program, *self._options, *arguments],
                input=text,
                capture_output=True,
                text=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refused(f"kubectl {arguments[0]} has not ended after {_PATIENCE_SECONDS} s") from None
        if done.returncode:
            raise Refused(f"kubectl {arguments[0]} failed: {_LOGGED.sub('', done.stderr).strip()}")
        return done.stdout
