"""`python -m restore_drill`, which `make restore-drill` runs."""

import asyncio
from typing import Annotated

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY, Home
from localservers.interruptions import take_for_interrupts
from rich.console import Console
from simulator.errors import SimulatorError

from restore_drill.alone import DrillAlone
from restore_drill.drill import Drill
from restore_drill.report import faults_alone, faults_of, save, show, show_alone
from restore_drill.steps import Plan

PLACE = REPOSITORY / ".local" / "restore-drill"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    quick: Annotated[bool, typer.Option("--quick", help="a tenth of the shopping")] = False,
    to_moment: Annotated[
        bool, typer.Option("--to-moment", help="restore to a moment before the loss, not to the newest")
    ] = False,
    only: Annotated[
        str | None, typer.Option(metavar="SERVICE", help="empty and restore one service's database alone")
    ] = None,
    shoppers: Annotated[int, typer.Option(min=1, max=100, help="at a time")] = 4,
) -> None:
    """Back a stack of its own up under load, lose its PostgreSQL, restore it, and judge what came back.

    Exits with 1 when an accepted command is lost that was archived, when services disagree, or when more than 15
    minutes are lost or it took more than an hour; with --only when shoppers are refused meanwhile. All its files are
    in .local/restore-drill.
    """
    console = Console()
    plan = Plan(before=4 if quick else 40, unarchived=4 if quick else 40, shoppers=shoppers, to_moment=to_moment)
    try:
        faults = _restore_all(console, plan) if only is None else _restore_one(console, plan, only)
    except (LocalStackError, SimulatorError) as error:
        failure = error if isinstance(error, LocalStackError) else LocalStackError(str(error))
        ConsoleReporter(Console(stderr=True)).failure(failure)
        raise typer.Exit(1) from None
    raise typer.Exit(1 if faults else 0)


def _restore_all(console: Console, plan: Plan) -> list[str]:
    outcome = asyncio.run(Drill(Home.at(PLACE), plan, ConsoleReporter(console)).run())
    show(console, outcome)
    save(PLACE / "restore-drill.json", outcome)
    return faults_of(outcome)


def _restore_one(console: Console, plan: Plan, service: str) -> list[str]:
    outcome = asyncio.run(DrillAlone(Home.at(PLACE), plan, service, ConsoleReporter(console)).run())
    show_alone(console, outcome)
    return faults_alone(outcome)


if __name__ == "__main__":
    take_for_interrupts()
    app()
