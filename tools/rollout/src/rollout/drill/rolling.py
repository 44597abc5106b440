"""Exchanging one service's version for the other while everything else goes on."""

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from cartwheel_local.secrets import Secrets
from localservers.home import Home
from localservers.processes import stop
from localservers.state import Running, load_running

from rollout.drill.processes import Checkouts
from rollout.drill.versions import Version
from rollout.errors import NotTakenOut, Refused

_END_SECONDS = 90.0
"""How long a process may take to end: what production gives, and twice that for a busy machine."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One service went from one version to another; the times are of the monotonic clock."""

    service: str
    kind: str
    version: str
    began: float
    ended: float


@dataclass(slots=True)
class Rolling:
    """What runs of each service, and how its version is changed. `is_hard` kills in place of taking out: a proof."""

    home: Home
    secrets: Secrets
    launcher: Checkouts
    environments: Mapping[str, Mapping[str, str]]
    is_hard: bool = False
    running: dict[str, list[Running]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the processes that the stack was started with."""
        known = load_running(self.home)
        self.running = {
            service: [known[f"{service}-{role}"] for role in ("api", "worker")] for service in self.environments
        }

    async def upgrade(self, service: str, version: Version) -> Exchange:
        """Bring the schema up to date, then the version in and the other one out."""
        self.launcher.version = version
        began = time.monotonic()
        await self.launcher.migrate(self.home, self.secrets, {service: self.environments[service]})
        return await self._exchange(service, "upgraded", began)

    async def roll_back(self, service: str, version: Version) -> Exchange:
        """Bring an older version in, on the schema as it is; raises Refused before anything is stopped."""
        self.launcher.version = version
        began = time.monotonic()
        if not await self.launcher.reads_schema(self.home, self.secrets, service, self.environments[service]):
            log = self.home.log(f"{service}-verify")
            raise Refused(f"{service} {version.name} cannot read its database, and was not started; see {log}")
        return await self._exchange(service, "rolled back", began)

    async def _exchange(self, service: str, kind: str, began: float) -> Exchange:
        outgoing = self.running[service]
        environment = self.environments[service]
        self.running[service] = await self.launcher.start(self.home, self.secrets, service, environment)
        for process in outgoing:
            await self._take_out(process)
        return Exchange(service, kind, self.launcher.version.name, began, time.monotonic())

    async def _take_out(self, process: Running) -> None:
        if self.is_hard:
            process = Running(
                process.name, process.pid, process.create_time, process.port, "", stop_signal=signal.SIGKILL
            )
        began = time.monotonic()
        await stop(self.home, process, seconds=_END_SECONDS)
        if time.monotonic() - began >= _END_SECONDS:
            raise NotTakenOut(f"{process.name} did not end within {_END_SECONDS:.0f} s of SIGTERM and was killed")
