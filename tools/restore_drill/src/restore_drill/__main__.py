"""`python -m restore_drill`, which `make restore-drill` runs."""

import asyncio
from typing import Annotated

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY, Home
from rich.console import Console
from simulator.errors import SimulatorError

from restore_drill.drill import Drill, Plan
from restore_drill.report import faults_of, save, show

PLACE = REPOSITORY / ".local" / "restore-drill"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    quick: Annotated[bool, typer.Option("--quick", help="a tenth of the shopping")] = False,
    to_moment: Annotated[
        bool, typer.Option("--to-moment", help="restore to a moment before the loss, not to the newest")
    ] = False,
    shoppers: Annotated[int, typer.Option(min=1, max=100, help="at a time")] = 4,
) -> None:
    """Back a stack of its own up under load, lose its PostgreSQL, restore it, and judge what came back.

    Exits with 1 when an accepted command is lost that was archived, when services disagree, or when more than 15
    minutes are lost or it took more than an hour. All its files are in .local/restore-drill.
    """
    console = Console()
    plan = Plan(before=4 if quick else 40, unarchived=4 if quick else 40, shoppers=shoppers, to_moment=to_moment)
    try:
        outcome = asyncio.run(Drill(Home.at(PLACE), plan, ConsoleReporter(console)).run())
    except (LocalStackError, SimulatorError) as error:
        failure = error if isinstance(error, LocalStackError) else LocalStackError(str(error))
        ConsoleReporter(Console(stderr=True)).failure(failure)
        raise typer.Exit(1) from None
    show(console, outcome)
    save(PLACE / "restore-drill.json", outcome)
    raise typer.Exit(1 if faults_of(outcome) else 0)


if __name__ == "__main__":
    app()
