"""A service's processes, of one version or the other, at one address.

Each api listens on the same socket, which is inherited, so that whoever is ready takes the next connection: what a
Service of Kubernetes does with addresses. A version that comes in stands beside the one that goes out, until it is
ready; nothing that calls the service has to know.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import httpx
import psutil
from cartwheel_local.secrets import Secrets
from localservers.concurrency import at_once
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.ports import reserve_port
from localservers.processes import Spec, run_to_end, spawn
from localservers.readiness import Check, until_ready
from localservers.state import Running

from rollout.drill.versions import Version

_LOCALHOST = "127.0.0.1"
_READY_SECONDS = 180.0


@dataclass(slots=True)
class Checkouts:
    """Starts services from a version's folder: the stack's launcher, and later one process beside another."""

    version: Version
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    """Where each service's apis listen."""
    _count: int = 0

    def spec(self, home: Home, service: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Spec:
        """Return a process of the present version; an api takes the service's socket in place of host and port."""
        role, *options = arguments
        command = [self.version.python, "-m", service, role]
        inherited: tuple[int, ...] = ()
        if role == "api":
            listening = self._socket(service, int(options[options.index("--port") + 1])).fileno()
            options, inherited = ["--fd", str(listening)], (listening,)
        return Spec(
            f"{service}-{role}",
            [*command, *options],
            cwd=home.run,
            environment=environment,
            stage=2,
            inherited=inherited,
        )

    async def migrate(self, home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Run each service's migration; raises StepFailed with the log of one that fails."""

        async def one(service: str, environment: Mapping[str, str]) -> None:
            command = [self.version.python, "-m", service, "migrate"]
            spec = Spec(f"{service}-migrate", command, cwd=home.run, environment=environment)
            if await asyncio.to_thread(run_to_end, home, secrets, spec):
                raise StepFailed(spec.name, "the database could not be brought up to date", home.log(spec.name))

        async with at_once() as group:
            for service, environment in environments.items():
                group.create_task(one(service, environment))

    async def reads_schema(self, home: Home, secrets: Secrets, service: str, environment: Mapping[str, str]) -> bool:
        """Whether the present version finds in the database all that it expects; why not is in the log."""
        command = [self.version.python, "-m", service, "verify-database"]
        spec = Spec(f"{service}-verify", command, cwd=home.run, environment=environment)
        return await asyncio.to_thread(run_to_end, home, secrets, spec) == 0

    async def start(self, home: Home, secrets: Secrets, service: str, environment: Mapping[str, str]) -> list[Running]:
        """Start api and worker of the present version beside those that run, and return them when both are ready."""
        self._count += 1
        port = self.sockets[service].getsockname()[1]
        api = self.spec(home, service, ["api", "--port", str(port)], environment)
        health = reserve_port(home, f"{service}-worker-{self._count}")
        worker = self.spec(home, service, ["worker", "--health-port", str(health)], environment)
        started = [
            spawn(home, secrets, replace(spec, name=f"{spec.name}-{self._count}", port=port))
            for spec, port in ((api, port), (worker, health))
        ]
        await asyncio.gather(*(until_ready(home, one, _ready(one), seconds=_READY_SECONDS) for one in started))
        return started

    def close(self) -> None:
        """Give up the sockets."""
        for listening in self.sockets.values():
            listening.close()

    def _socket(self, service: str, port: int) -> socket.socket:
        if service not in self.sockets:
            self.sockets[service] = socket.socket()
            self.sockets[service].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.sockets[service].bind((_LOCALHOST, port))  # the first api begins to listen
        return self.sockets[service]


def _ready(process: Running) -> Check:
    async def ask() -> None:
        try:
            if not await _answers_ready(process):
                raise ConnectionError("not ready, or another process answered")
        except httpx.TransportError as refused:
            raise ConnectionError(str(refused) or type(refused).__name__) from refused

    return ask


async def _answers_ready(process: Running) -> bool:
    """Whether this very process says that it is ready: another one may answer at the same address."""
    async with httpx.AsyncClient(timeout=10) as client, client.stream("GET", _url(process)) as answer:
        own = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        peers = {peer.raddr.port for peer in psutil.Process(process.pid).net_connections("tcp") if peer.raddr}
        return answer.status_code == httpx.codes.OK and own in peers


def _url(process: Running) -> str:
    return f"http://{_LOCALHOST}:{process.port}/readyz"
