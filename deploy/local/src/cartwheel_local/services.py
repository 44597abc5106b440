"""Cartwheel's own services: each one's database brought up to date, then its api and its worker."""

import asyncio
import json
import sys
from collections.abc import Mapping

import httpx
from localservers.errors import StepFailed
from localservers.home import REPOSITORY, Home
from localservers.ports import reserve_port
from localservers.processes import Spec, ask, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import Running, load_running
from manifests.reading import load_manifests

from cartwheel_local.migrating import LOG_VARIABLE
from cartwheel_local.secrets import Secrets

MANIFESTS = load_manifests(REPOSITORY)
SERVICES = tuple(manifest.name for manifest in MANIFESTS)
ROLES = ("api", "worker")


def service_ports(home: Home) -> dict[str, int]:
    """Return the port of each process, by name ("cart-api", "cart-worker"): everybody's are known before any starts."""
    running = load_running(home)
    names = [f"{service}-{role}" for service in SERVICES for role in ROLES]
    return {name: reserve_port(home, name, in_use=name in running and is_alive(running[name])) for name in names}


def outdated_services(home: Home, environments: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the services of which a process does not run, or not with this environment."""
    return [
        service
        for service, environment in environments.items()
        if not all(_is_current(home, spec) for spec in _specs(home, service, environment))
    ]


async def migrate_services(home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
    """Bring the databases and queues of these services up to date, all at once.

    Idempotent. Raises StepFailed with the log of the first that did not get there.
    """
    settings = {
        service: {**environment, LOG_VARIABLE: str(home.log(f"{service}-migrate"))}
        for service, environment in environments.items()
    }
    command = [sys.executable, "-m", "cartwheel_local.migrating"]
    spec = Spec("migrations", command, cwd=home.run)
    failed = await asyncio.to_thread(ask, home, secrets, spec, json.dumps(settings))
    for service in json.loads(failed):
        name = f"{service}-migrate"
        raise StepFailed(name, "the database could not be brought up to date", home.log(name))


async def start_service(home: Home, secrets: Secrets, service: str, environment: Mapping[str, str]) -> None:
    """Start the service's two processes unless they run as they should, and return when both say they are ready."""
    processes = [await ensure(home, secrets, spec) for spec in _specs(home, service, environment)]
    await asyncio.gather(*(_until_serving(home, process) for process in processes))


def _specs(home: Home, service: str, environment: Mapping[str, str]) -> list[Spec]:
    ports = service_ports(home)
    return [_spec(home, service, role, ports[f"{service}-{role}"], environment) for role in ROLES]


def _spec(home: Home, service: str, role: str, port: int, environment: Mapping[str, str]) -> Spec:
    where = ["--host", "127.0.0.1", "--port", str(port)] if role == "api" else ["--health-port", str(port)]
    command = [sys.executable, "-m", service, role, *where]
    return Spec(f"{service}-{role}", command, cwd=home.run, port=port, environment=environment, stage=2)


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
