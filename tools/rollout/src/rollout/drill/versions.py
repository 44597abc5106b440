"""A version of the code: its files and its packages in a folder of its own."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localservers.home import REPOSITORY

from rollout.errors import Refused

_CODE = ("services", "libs")
_HANDLERS = """
import importlib, json, sys

def handlers(service):
    plans = service.subscriptions.queues.values() if service.subscriptions else ()
    return {handler.name: sorted(handler.events) for plan in plans for handler in plan.subscriptions}

services = {name: importlib.import_module(f"{name}.main").SERVICE for name in sys.argv[1:]}
print(json.dumps({name: handlers(service) for name, service in services.items()}))
"""


@dataclass(frozen=True, slots=True)
class Version:
    """A commit whose files and virtual environment are in `directory`."""

    commit: str
    directory: Path

    @property
    def name(self) -> str:
        """The commit, short enough for a table."""
        return self.commit[:9]

    @property
    def python(self) -> str:
        """The interpreter that has the version's packages."""
        return str(self.directory / ".venv" / "bin" / "python")

    @property
    def services(self) -> frozenset[str]:
        """The services that the version has."""
        return frozenset(manifest.parent.name for manifest in self.directory.glob("services/*/service.toml"))

    def handlers(self, services: Sequence[str]) -> dict[str, dict[str, frozenset[str]]]:
        """By service: which types of events each of its handlers takes, by the handler's name."""
        command = [self.python, "-c", _HANDLERS, *services]
        printed = subprocess.run(command, capture_output=True, text=True, check=True)
        return {
            service: {name: frozenset(types) for name, types in handlers.items()}
            for service, handlers in json.loads(printed.stdout).items()
        }


def commit_of(ref: str) -> str:
    """The commit that a ref names; raises Refused for none."""
    found = _git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if not found:
        raise Refused(f"{ref} names no commit of this repository")
    return found


def earlier_commit(commit: str) -> str:
    """What is rolled back to when nobody says: the newest tag before `commit`, else before its last change of code.

    Raises Refused when there is neither.
    """
    if tag := _git("describe", "--tags", "--abbrev=0", f"{commit}^"):
        return commit_of(tag)
    changed = _git("rev-list", "-1", commit, "--", *_CODE)
    if not changed:
        raise Refused(f"no commit up to {commit[:9]} changed a service")
    return commit_of(f"{changed}^")


def prepare(commit: str, place: Path, log: Path) -> Version:
    """Put a commit's files and packages in a folder below `place`; what is there already is only brought up to date.

    Raises Refused, with the log, when its packages cannot be installed.
    """
    directory = place / commit[:12]
    if not (directory / "scripts" / "bootstrap").exists():
        directory.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(["git", "archive", commit], cwd=REPOSITORY, capture_output=True, check=True)
        subprocess.run(["tar", "-x"], cwd=directory, input=archive.stdout, check=True)
    with log.open("ab") as output:
        done = subprocess.run(["scripts/bootstrap"], cwd=directory, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise Refused(f"the packages of {commit[:9]} could not be installed: {log}")
    return Version(commit, directory)


def _git(*arguments: str) -> str:
    """What git prints; nothing when it fails."""
    return subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout.strip()
