"""How a service's roles are started: from this clone's Python packages, or from images."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from localservers.concurrency import at_once
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.processes import Spec, ask, run_to_end

from cartwheel_local.migrating import LOG_VARIABLE
from cartwheel_local.secrets import Secrets


class Launcher(Protocol):
    """Starts a service's commands, as processes that can be signalled and whose output is their log."""

    def spec(self, home: Home, service: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Spec:
        """Return what to run for `python -m SERVICE ARGUMENTS` in one role, the first of the arguments."""
        ...

    async def migrate(self, home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Bring the databases and queues of these services up to date, all at once.

        Idempotent. Raises StepFailed with the log of the first that did not get there.
        """
        ...


@dataclass(frozen=True, slots=True)
class FromPackages:
    """Runs what is in the virtual environment."""

    def spec(self, home: Home, service: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Spec:
        """Return an ordinary process of this interpreter."""
        command = [sys.executable, "-m", service, *arguments]
        return Spec(f"{service}-{arguments[0]}", command, cwd=home.run, environment=environment, stage=2)

    async def migrate(self, home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Migrate in one process, which imports what the services share once."""
        settings = {
            service: {**environment, LOG_VARIABLE: str(home.log(f"{service}-migrate"))}
            for service, environment in environments.items()
        }
        command = [sys.executable, "-m", "cartwheel_local.migrating"]
        spec = Spec("migrations", command, cwd=home.run)
        failed = await asyncio.to_thread(ask, home, secrets, spec, json.dumps(settings))
        for service in json.loads(failed):
            raise _not_migrated(home, service)


@dataclass(frozen=True, slots=True)
class FromImages:
    """Runs containers on the host's network, each held by the engine's command in the foreground.

    `run` begins the command and ends in its options; `image` has `{service}` where the service's name goes. Settings
    reach the container by name, so that no secret is in a command line; `engine` is what the command itself is told.
    """

    run: Sequence[str]
    image: str
    engine: Mapping[str, str]

    def spec(self, home: Home, service: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Spec:
        """Return the engine's command for one container, named after its home and role."""
        name = f"{service}-{arguments[0]}"
        settings = (part for setting in sorted(environment) for part in ("--env", setting))
        container = ["--name", container_name(home, name), "--replace", *settings]
        command = [*self.run, *container, self.image.format(service=service), *arguments]
        return Spec(name, command, cwd=home.run, environment={**environment, **self.engine}, stage=2)

    async def migrate(self, home: Home, secrets: Secrets, environments: Mapping[str, Mapping[str, str]]) -> None:
        """Run each service's migration in a container of its own."""

        async def one(service: str, environment: Mapping[str, str]) -> None:
            spec = self.spec(home, service, ["migrate"], environment)
            if await asyncio.to_thread(run_to_end, home, secrets, spec):
                raise _not_migrated(home, service)

        async with at_once() as group:
            for service, environment in environments.items():
                group.create_task(one(service, environment))


def container_name(home: Home, name: str) -> str:
    """What the container of a home's process is called ("cart-api", "cart-migrate")."""
    return f"cartwheel-{home.key}-{name}"


def _not_migrated(home: Home, service: str) -> StepFailed:
    name = f"{service}-migrate"
    return StepFailed(name, "the database could not be brought up to date", home.log(name))
