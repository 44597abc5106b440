"""A service's own command line on this stack, with the settings that its worker runs with."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localservers.errors import LocalStackError
from localservers.home import Home
from localservers.processes import find
from localservers.state import load_running

from cartwheel_local.services import SERVICES


@dataclass(frozen=True, slots=True)
class ServiceCommand:
    """`python -m <name> …` with its environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]

    def run(self) -> int:
        """Run it on this terminal, and return its exit status."""
        command = [sys.executable, "-m", self.name, *self.arguments]
        return subprocess.run(command, env=dict(self.environment), check=False).returncode


def service_command(home: Home, service: str, arguments: Sequence[str]) -> ServiceCommand:
    """The command of a service of this stack; raises LocalStackError for one that is unknown or does not run."""
    if service not in SERVICES:
        raise LocalStackError(f"there is no service {service}: take one of {', '.join(SERVICES)}, or all")
    running = load_running(home).get(f"{service}-worker")
    process = find(running) if running else None
    if process is None:
        raise LocalStackError(f"{service} does not run in {home.path}: run `make up`")
    terminal = {name: os.environ[name] for name in ("TERM", "COLUMNS", "NO_COLOR") if name in os.environ}
    return ServiceCommand(service, arguments, process.environ() | terminal)
