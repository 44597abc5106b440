"""`python -m observability`: up | traces | check."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer
from cartwheel_local.cli import DEMO_HOLD_SECONDS
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.files import read_env
from localservers.home import REPOSITORY, Home
from localservers.interruptions import take_for_interrupts
from rich.console import Console
from rich.table import Table

from observability.checking import Check
from observability.watching import follow, watch

T = TypeVar("T")

app = typer.Typer(help="Watching the one-machine stack.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()


@app.command()
def up() -> None:
    """Start the stack, Prometheus and Alertmanager, and print their addresses; `make down` ends all of it."""
    home = Home.from_environment()
    watched = _run(watch(home, ConsoleReporter(console)))
    table = Table.grid(padding=(0, 2))
    for title, value in (
        ("Prometheus", watched.prometheus_url),
        ("Alerts", f"{watched.prometheus_url}/alerts"),
        ("Alertmanager", watched.alertmanager_url),
        ("What would have paged", watched.receiver_url),
    ):
        table.add_row(f"[bold]{title}[/]", value)
    console.print(table)


@app.command()
def traces() -> None:
    """Start the stack with its services' spans sent to pages of its own, and print their address."""
    home = Home.from_environment()
    address = _run(follow(home, ConsoleReporter(console)))
    gateway = read_env(home.env_file)["API_URL"]
    console.print(f"[bold]Traces[/]  {address}   of what is sent to {gateway}, after five seconds", highlight=False)


@app.command()
def check() -> None:
    """Show on a stack of its own that all is scraped, that every query has data, and that an alert arrives.

    The stack is in CARTWHEEL_OBSERVE_HOME (.local/observe) and ended at the end. Exits with 1 when anything is wrong.
    """
    os.environ["CARTWHEEL_SERVERS"] = "native"
    os.environ["INVENTORY_HOLD_DURATION_SECONDS"] = DEMO_HOLD_SECONDS  # the shoppers see one expire
    place = os.environ.get("CARTWHEEL_OBSERVE_HOME") or REPOSITORY / ".local" / "observe"
    report = _run(Check(Home.at(REPOSITORY / place), ConsoleReporter(console)).run())
    for fault in report.faults:
        console.print(f"✗ {fault}", highlight=False, markup=False, soft_wrap=True)
    console.print(report.summary, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if report.faults else 0)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except LocalStackError as error:
        _fail(error)


def _fail(error: LocalStackError) -> NoReturn:
    ConsoleReporter(Console(stderr=True)).failure(error)
    raise typer.Exit(1)


if __name__ == "__main__":
    take_for_interrupts()
    sys.exit(app())
