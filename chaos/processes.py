"""The processes of one stack: killed, made to stand still, and started again as they were."""

import asyncio
import signal
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil
from cartwheel_local import gateway
from cartwheel_local.secrets import load_secrets
from cartwheel_local.services import ROLES, SERVICES
from localservers.errors import StepFailed
from localservers.failover import rejoin
from localservers.home import Home
from localservers.processes import Spec, exit_status, find, is_alive, spawn
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.servers import Starter
from localservers.state import Running, load_running, remember

from chaos.errors import ChaosError

OWN: Final = tuple(f"{service}-{role}" for service in SERVICES for role in ROLES)
"""The api and the worker of every service."""
GATEWAY: Final = gateway.NAME
_GONE_SECONDS: Final = 15.0
_STARTS: Final = 4
"""How often a server or the gateway is started, or waited for, a minute each, before the drill gives up."""


@dataclass(frozen=True, slots=True)
class _Captured:
    """How a process was started: its state entry, and what starts it again."""

    running: Running
    spec: Spec


class Processes:
    """A stack's processes, whose servers may be in a home of their own. One is in one fault's hands at a time.

    `starters` start a server again, by name.
    """

    def __init__(self, stack: Home, servers: Home, starters: Mapping[str, Starter]) -> None:
        self._stack, self._servers, self._starters = stack, servers, starters
        self._captured = {name: self._capture(name) for name in OWN}
        self._locks: Mapping[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def alone_with(self, name: str) -> AsyncGenerator[None]:
        """Keep every other fault, and who starts what ended, from this process while the block runs."""
        async with self._locks[name]:
            yield

    def is_free(self, name: str) -> bool:
        """Whether no fault has the process in its hands."""
        return not self._locks[name].locked()

    def ended(self) -> Mapping[str, int | None]:
        """The statuses with which services' processes ended that no fault has in its hands, by name."""
        running = load_running(self._stack)
        dead = [running[name] for name in OWN if self.is_free(name) and not is_alive(running[name])]
        return {process.name: exit_status(process) for process in dead}

    async def kill(self, name: str) -> None:
        """End a process and all that it has started as the kernel would, without a word (SIGKILL)."""
        family = self._family(name)
        for member in family:
            _signal(member, signal.SIGKILL)
        await asyncio.to_thread(psutil.wait_procs, family, _GONE_SECONDS)

    async def start(self, name: str) -> None:
        """Start it again; returns when a server or the gateway answers, and at once for a service."""
        if name == GATEWAY:
            running = load_running(self._stack)
            ports = {service: running[f"{service}-api"].port or 0 for service in SERVICES}
            await _patiently(lambda: gateway.start_gateway(self._stack, load_secrets(self._stack), ports))
            return
        if name in self._starters:
            starter = self._starters[name]
            await _patiently(lambda: starter(self._servers, keep_secrets(self._servers, ServerSecrets)))
            return
        captured = self._captured[name]
        started = spawn(self._stack, keep_secrets(self._stack, ServerSecrets), captured.spec)
        # The stack's own commands go on taking it for the process that they have started.
        remember(self._stack, replace(started, fingerprint=captured.running.fingerprint))

    async def rejoin(self, lost: str, primary: str, primary_url: str) -> None:
        """Make the lost primary of PostgreSQL the standby of the one that took over."""
        await rejoin(self._servers, keep_secrets(self._servers, ServerSecrets), lost, primary, primary_url)

    @asynccontextmanager
    async def standing_still(self, name: str) -> AsyncGenerator[None]:
        """Have a process and all that it has started do nothing while the block runs (SIGSTOP)."""
        family = self._family(name)
        for member in family:
            _signal(member, signal.SIGSTOP)
        try:
            yield
        finally:
            for member in family:
                _signal(member, signal.SIGCONT)

    def _family(self, name: str) -> list[psutil.Process]:
        home = self._servers if name in self._starters else self._stack
        process = find(load_running(home)[name])
        return [process, *process.children(recursive=True)] if process is not None else []

    def _capture(self, name: str) -> _Captured:
        running = load_running(self._stack).get(name)
        process = find(running) if running is not None else None
        if running is None or process is None:
            raise ChaosError(f"{name} does not run in {self._stack.path}")
        command, environment = process.cmdline(), process.environ()
        spec = Spec(name, command, Path(process.cwd()), running.port, environment, stage=running.stage)
        return _Captured(running, spec)


async def _patiently(start: Callable[[], Awaitable[object]]) -> None:
    """Start something, and go on waiting for what takes its time while everything else starts too."""
    for patience in reversed(range(_STARTS)):
        try:
            await start()
            return
        except StepFailed:
            if not patience:
                raise


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
