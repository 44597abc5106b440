"""The command line: what a person types, and how failures are shown."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from localservers.errors import LocalStackError
from localservers.files import write_whole
from localservers.home import Home
from rich.console import Console

from cartwheel_local.backups.cli import app as backup_app
from cartwheel_local.backups.cli import restore_command
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.docker import compose_variables
from cartwheel_local.gateway import IMAGE_STATUS, IMAGE_TRUSTED_PROXIES, render_for_containers, switch_gateway
from cartwheel_local.openapi import committed_documents, merge
from cartwheel_local.secrets import load_secrets
from cartwheel_local.servers import servers_down, servers_up
from cartwheel_local.service_commands import service_command
from cartwheel_local.services import SERVICES, service_ports
from cartwheel_local.stack import down as stop_stack
from cartwheel_local.stack import purge as purge_stack
from cartwheel_local.stack import up as start_stack
from cartwheel_local.status import addresses_table, status_table
from cartwheel_local.switches import switches_of

T = TypeVar("T")

app = typer.Typer(help="Cartwheel on one machine.", no_args_is_help=True, pretty_exceptions_enable=False)
servers_app = typer.Typer(help="Only PostgreSQL, Redis and RabbitMQ, as the tests need them.", no_args_is_help=True)
app.add_typer(servers_app, name="servers")
app.add_typer(backup_app, name="backup")
app.command("restore")(restore_command)
console = Console()

Canaries = Annotated[list[str] | None, typer.Option(help="SERVICE=host:port of a newer version")]
Percents = Annotated[list[str] | None, typer.Option(help="SERVICE=25: the share of companies that its canary serves")]
Companies = Annotated[list[str] | None, typer.Option(help="id of a company that canaries serve first")]
Shadows = Annotated[list[str] | None, typer.Option(help="a service whose canary gets a copy of each read")]
Volatile = Annotated[bool, typer.Option("--volatile", help="for tests: a crash of the machine may lose data")]
Maintenance = Annotated[bool, typer.Option("--maintenance", help="answer 503 to changes; reads go on")]

DEMO_HOLD_SECONDS = "15"
"""How long a hold lasts while the demo runs, so that some are seen to expire."""


@app.command()
def up() -> None:
    """Start everything and print the addresses; on a stack that is up it changes nothing."""
    home = Home.from_environment()
    addresses = _run(start_stack(home, ConsoleReporter(console)))
    console.print(addresses_table(home, addresses))


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="also delete all data, logs and secrets of the stack")] = False,
) -> None:
    """End every process of the stack; the data stays unless --purge."""
    home = Home.from_environment()
    _run(purge_stack(home) if purge else stop_stack(home))
    console.print("Everything is stopped." + (" Its data is deleted." if purge else ""))


@app.command()
def status() -> None:
    """List the processes, and exit with 1 unless every one that was started still runs."""
    table, healthy = status_table(Home.from_environment())
    console.print(table)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def logs(
    names: Annotated[list[str] | None, typer.Argument(help="as `status` calls them; all of them when none")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on as lines are written")] = False,
) -> None:
    """Print the last lines of the logs."""
    home = Home.from_environment()
    files = [home.log(name) for name in names or []] or sorted(home.logs.glob("*.log"))
    if missing := [file.stem for file in files if not file.exists()]:
        _fail(LocalStackError(f"no log of {', '.join(missing)} in {home.logs}"))
    if not files:
        _fail(LocalStackError(f"nothing has been started in {home.path} yet"))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # ignored by Python, and tail would say so where nobody reads it
    os.execvp("tail", ["tail", "-n", "100", *(["-F"] if follow else []), *map(str, files)])  # noqa: S606  # replaces us


@app.command()
def env() -> None:
    """Print the addresses and tokens of the running stack as NAME=value lines."""
    home = Home.from_environment()
    try:
        console.print(home.env_file.read_text(), end="", markup=False, highlight=False, soft_wrap=True)
    except FileNotFoundError:
        _fail(LocalStackError(f"{home.path} has no stack yet: run `make up`"))


@app.command()
def openapi(file: Annotated[Path, typer.Argument(help="the file to write")]) -> None:
    """Write the services' API descriptions, merged into one as the gateway serves it; nothing has to run for that."""
    document = merge(committed_documents())
    write_whole(file, json.dumps(document, indent=2, sort_keys=True) + "\n")
    console.print(f"{file}: {len(document['paths'])} paths")


@app.command("gateway-config")
def gateway_config(
    listen: Annotated[str, typer.Option(help="host:port to listen on")],
    directory: Annotated[Path, typer.Option(help="where nginx may write")],
    documents: Annotated[Path, typer.Option(help="where nginx finds openapi.json")],
    trusted_proxies: Annotated[
        Path, typer.Option(help="where nginx finds set_real_ip_from, in files *.conf")
    ] = IMAGE_TRUSTED_PROXIES,
    status: Annotated[
        str, typer.Option(help="host:port of stub_status, for nginx's exporter beside it; no other host may reach it")
    ] = IMAGE_STATUS,
    canary: Canaries = None,
    percent: Percents = None,
    company: Companies = None,
    shadow: Shadows = None,
    maintenance: Maintenance = False,
) -> None:
    """Print the gateway's nginx configuration for containers, where a service's api is the host NAME-api."""
    try:
        switches = switches_of(canary or (), percent or (), company or (), shadow or (), maintenance=maintenance)
        text = render_for_containers(
            listen=listen,
            status=status,
            directory=directory,
            documents=documents,
            trusted_proxies=trusted_proxies,
            switches=switches,
        )
    except LocalStackError as error:
        _fail(error)
    print(text, end="")


@app.command("switch")
def switch(
    canary: Canaries = None,
    percent: Percents = None,
    company: Companies = None,
    shadow: Shadows = None,
    maintenance: Maintenance = False,
) -> None:
    """Switch canaries, shadows and maintenance of the running gateway; what is not named is switched off.

    Holds until the next `up`.
    """
    home = Home.from_environment()
    apis = {service: service_ports(home)[f"{service}-api"] for service in SERVICES}
    try:
        switches = switches_of(canary or (), percent or (), company or (), shadow or (), maintenance=maintenance)
        switch_gateway(home, apis, switches)
    except LocalStackError as error:
        _fail(error)
    console.print(f"maintenance {'on' if maintenance else 'off'}; canaries: {', '.join(switches.canaries) or 'none'}")


@app.command("compose-env")
def compose_env() -> None:
    """Print the secrets that docker-compose.yml asks for, as an .env file."""
    for name, value in compose_variables(load_secrets(Home.from_environment())).items():
        print(f"{name}={value}")


@servers_app.command("up")
def servers_up_command(volatile: Volatile = False) -> None:
    """Start PostgreSQL, Redis and RabbitMQ and print their addresses as NAME=value lines."""
    home = Home.from_environment()
    if volatile:
        home = Home.volatile_at(home.path)
    running = _run(servers_up(home))
    for name, value in (
        ("POSTGRES_URL", running.postgres_url),
        ("REDIS_URL", running.redis_url),
        ("RABBITMQ_URL", running.rabbitmq_url),
    ):
        print(f"{name}={value}")


@servers_app.command("down")
def servers_down_command() -> None:
    """End every process of the home."""
    _run(servers_down(Home.from_environment()))


_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("run", context_settings=_PASSED_ON)
def run_command(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="one of the services, or `all`: one after the other")],
) -> None:
    """Run a command of a service with the settings that it runs with here: `cartwheel-local run cart jobs list`.

    Exits with 1 when it failed for one of them.
    """
    home = Home.from_environment()
    try:
        commands = [service_command(home, name, context.args) for name in ([service] if service != "all" else SERVICES)]
    except LocalStackError as error:
        _fail(error)
    failed = [command.name for command in commands if command.run()]
    raise typer.Exit(1 if failed else 0)


@app.command(context_settings=_PASSED_ON)
def demo(context: typer.Context) -> None:
    """Start everything, let simulated shoppers shop, and exit with 1 unless analytics counts what they saw.

    Options are those of `python -m simulator demo`.
    """
    os.environ.setdefault("INVENTORY_HOLD_DURATION_SECONDS", DEMO_HOLD_SECONDS)
    home = Home.from_environment()
    console.print(addresses_table(home, _run(start_stack(home, ConsoleReporter(console)))))
    _simulate(home, "demo", *context.args)


@app.command()
def reconcile() -> None:
    """Compare the last demo's ledger with analytics once more, and exit with 1 unless every figure is equal."""
    _simulate(Home.from_environment(), "reconcile")


@app.command(context_settings=_PASSED_ON)
def replay(context: typer.Context) -> None:
    """Start everything, shop again what a file of invoices says, and exit with 1 unless analytics counts the same.

    The file and options are those of `python -m simulator replay`.
    """
    home = Home.from_environment()
    _run(start_stack(home, ConsoleReporter(console)))
    _simulate(home, "replay", *context.args)


def _simulate(home: Home, *arguments: str) -> NoReturn:
    """Become the simulator, which finds the stack by its stack.env."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "simulator", *arguments]
    os.execve(sys.executable, command, {**os.environ, "CARTWHEEL_HOME": str(home.path)})  # noqa: S606  # replaces us


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Do the work, and show a failure as a sentence with the log that explains it."""
    try:
        return asyncio.run(work)
    except LocalStackError as error:
        _fail(error)


def _fail(error: LocalStackError) -> NoReturn:
    ConsoleReporter(Console(stderr=True)).failure(error)
    raise typer.Exit(1)
