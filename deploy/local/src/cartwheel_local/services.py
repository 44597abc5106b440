"""Cartwheel's own services: each one's database brought up to date, then its api and its worker."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import httpx
from localservers.home import REPOSITORY, Home
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import Running, load_running
from manifests.reading import load_manifests

from cartwheel_local.launching import Launcher
from cartwheel_local.secrets import Secrets

MANIFESTS = load_manifests(REPOSITORY)
SERVICES = tuple(manifest.name for manifest in MANIFESTS)
ROLES = ("api", "worker")


def service_ports(home: Home) -> dict[str, int]:
    """Return the port of each process, by name ("cart-api", "cart-worker"): everybody's are known before any starts."""
    running = load_running(home)
    names = [f"{service}-{role}" for service in SERVICES for role in ROLES]
    return {name: reserve_port(home, name, in_use=name in running and is_alive(running[name])) for name in names}


def outdated_services(home: Home, launcher: Launcher, environments: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the services of which a process does not run, or not with this environment."""
    return [
        service
        for service, environment in environments.items()
        if not all(_is_current(home, spec) for spec in _specs(home, launcher, service, environment))
    ]


async def start_service(
    home: Home, secrets: Secrets, launcher: Launcher, service: str, environment: Mapping[str, str]
) -> None:
    """Start the service's two processes unless they run as they should, and return when both say they are ready."""
    processes = [await ensure(home, secrets, spec) for spec in _specs(home, launcher, service, environment)]
    await asyncio.gather(*(_until_serving(home, process) for process in processes))


def _specs(home: Home, launcher: Launcher, service: str, environment: Mapping[str, str]) -> list[Spec]:
    ports = service_ports(home)
    return [_spec(home, launcher, service, role, ports[f"{service}-{role}"], environment) for role in ROLES]


def _spec(home: Home, launcher: Launcher, service: str, role: str, port: int, environment: Mapping[str, str]) -> Spec:
    where = ["--host", "127.0.0.1", "--port", str(port)] if role == "api" else ["--health-port", str(port)]
    return replace(launcher.spec(home, service, [role, *where], environment), port=port)


def _is_current(home: Home, spec: Spec) -> bool:
    process = load_running(home).get(spec.name)
    return process is not None and process.fingerprint == spec.fingerprint and is_alive(process)


async def _until_serving(home: Home, process: Running) -> None:
    async with httpx.AsyncClient(timeout=5) as client:

        async def ask() -> None:
            try:
                answer = await client.get(f"http://127.0.0.1:{process.port}/readyz")
            except httpx.TransportError as refused:
                raise ConnectionError(str(refused) or type(refused).__name__) from refused
            if answer.status_code != httpx.codes.OK:
                raise ConnectionError(f"/readyz answered {answer.status_code}: {answer.text[:200]}")

        await until_ready(home, process, ask)
