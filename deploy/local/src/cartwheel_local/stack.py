"""The whole stack as a list of steps: `up` and `down`."""

import asyncio
import json
import sys
from collections.abc import Mapping

from localservers.concurrency import at_once
from localservers.errors import LocalStackError
from localservers.home import Home
from localservers.processes import Spec, ask, marked, stop_all, stop_strays
from localservers.state import only_one

from cartwheel_local import docker
from cartwheel_local.backups.taking import stop_archiving
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.databases import create_databases
from cartwheel_local.environment import (
    Addresses,
    service_environment,
    stack_variables,
    traces_address,
    write_stack_env,
)
from cartwheel_local.gateway import start_gateway
from cartwheel_local.launching import FromPackages, Launcher
from cartwheel_local.mail import MailAddresses, start_mail
from cartwheel_local.openapi import publish_openapi
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.servers import start_servers
from cartwheel_local.services import (
    MANIFESTS,
    SERVICES,
    outdated_services,
    service_ports,
    start_service,
)

PACKAGES = FromPackages()


async def up(home: Home, reporter: ConsoleReporter, launcher: Launcher = PACKAGES) -> Addresses:
    """Start whatever of the stack does not run as it should, and return where everything answers.

    `launcher` starts the services; all else is processes of this machine.

    Idempotent: on a stack that is up it changes nothing. What an `up` that was killed left behind is ended first.
    Raises StepFailed; what was started until then goes on, for the next `up` to use.
    """
    async with only_one(home):
        secrets = load_secrets(home)
        with reporter.showing():
            await stop_strays(home, secrets)
            addresses = await _start_foundations(home, secrets, reporter)
            await _start_services(home, secrets, reporter, addresses, launcher)
            with reporter.step("API description"):
                await publish_openapi(home, addresses.services)
            with reporter.step("Shops"):
                variables = stack_variables(secrets, addresses)
                accounts = await asyncio.to_thread(_seed, home, secrets, variables)
            write_stack_env(home, variables | accounts)
    return addresses


async def down(home: Home, *, delete_data: bool = False) -> None:
    """End every process and container of the home; raises LocalStackError naming any that would not go.

    `delete_data` is for the containers' volumes; what is in the home itself is deleted by `purge`.
    """
    async with only_one(home):
        secrets = load_secrets(home)
        await stop_all(home)
        await stop_strays(home, secrets)
        stop_archiving(home)
        await asyncio.to_thread(docker.stop_in_docker, home, secrets, delete_data=delete_data)
        left = [f"{process.name()} ({process.pid})" for process in marked(home, secrets)]
    if left:
        raise LocalStackError(f"these processes did not end: {', '.join(left)}")


async def purge(home: Home) -> None:
    """Stop everything and delete the home's data, logs, secrets and ports, and nothing else that is in it."""
    await down(home, delete_data=True)
    home.clear()


def _seed(home: Home, secrets: Secrets, variables: Mapping[str, str]) -> dict[str, str]:
    """Let the simulator make the stack's shops, and return their ids and tokens; raises StepFailed."""
    environment = {"CARTWHEEL_HOME": str(home.path)}
    spec = Spec("seed", [sys.executable, "-m", "simulator", "seed"], cwd=home.run, environment=environment)
    accounts: dict[str, str] = json.loads(ask(home, secrets, spec, json.dumps(variables)))
    return accounts


async def _start_foundations(home: Home, secrets: Secrets, reporter: ConsoleReporter) -> Addresses:
    """Start everything that the services need, and the gateway, which only needs to know their ports."""
    apis = {service: service_ports(home)[f"{service}-api"] for service in SERVICES}

    async def mail() -> MailAddresses:
        with reporter.step("Mailbox, SES and S3"):
            return await start_mail(home, secrets)

    async def gateway() -> str:
        with reporter.step("Gateway"):
            return await start_gateway(home, secrets, apis)

    async with at_once() as group:
        servers = group.create_task(start_servers(home, secrets, reporter.step))
        mailbox = group.create_task(mail())
        front = group.create_task(gateway())
    services = {service: f"http://127.0.0.1:{port}" for service, port in apis.items()}
    return Addresses(front.result(), services, servers.result(), mailbox.result(), traces_address(home))


async def _start_services(
    home: Home, secrets: Secrets, reporter: ConsoleReporter, addresses: Addresses, launcher: Launcher
) -> None:
    with reporter.step("Databases"):
        names = [manifest.database for manifest in MANIFESTS]
        databases = await create_databases(addresses.servers.postgres_url, names, secrets.service_password)

    environments = {
        manifest.name: service_environment(secrets, addresses, databases[manifest.database], manifest.upstreams)
        for manifest in MANIFESTS
    }
    if outdated := outdated_services(home, launcher, environments):
        with reporter.step("Migrations"):
            await launcher.migrate(home, secrets, {name: environments[name] for name in outdated})

    async def service(name: str) -> None:
        with reporter.step(name):
            await start_service(home, secrets, launcher, name, environments[name])

    async with at_once() as group:
        for name in SERVICES:
            group.create_task(service(name))
