"""`python -m chaos`: breaks a stack of its own while shoppers shop, and exits with 1 unless nothing is lost or doubled.

The ledger of the run and the logs of every process stay in .local/chaos.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from cartwheel_client import CartwheelError
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY
from rich.console import Console
from simulator.stack import Stack as Addresses

from chaos.drill import Drill, Outcome, Target
from chaos.errors import ChaosError
from chaos.faults.choosing import faults_of
from chaos.plan import FULL, QUICK, Plan
from chaos.processes import Processes
from chaos.report import is_good, is_in_time, scorecard, summary, verdicts_table, violations
from chaos.servers import CLUSTERED, SINGLE
from chaos.stack import HOME, running_stack

SCORECARD = REPOSITORY / "docs" / "scorecard.md"


def main(
    quick: Annotated[bool, typer.Option("--quick", help="half a minute of faults instead of two")] = False,
    cluster: Annotated[
        bool | None,
        typer.Option(help="three nodes of RabbitMQ, and a standby that is promoted; what a full run has anyway"),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=5, max=3600, help="how long things break")] = None,
    seed: Annotated[int, typer.Option(help="another number, other shoppers and faults")] = 1,
    report: Annotated[Path, typer.Option(help="the page to write; else only a full run writes one")] = SCORECARD,
) -> None:
    """Break a stack of the drill's own while shoppers shop, and judge by what they were answered."""
    console = Console()
    plan = QUICK if quick else FULL
    if seconds is not None:
        plan = replace(plan, seconds=seconds)
    try:
        outcome = asyncio.run(_run(plan, seed, console, cluster=cluster if cluster is not None else not quick))
    except (ChaosError, CartwheelError) as failure:
        Console(stderr=True).print(f"✗ {failure}", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from failure
    except LocalStackError as failure:
        ConsoleReporter(Console(stderr=True)).failure(failure)
        raise typer.Exit(1) from failure
    if plan is FULL or report != SCORECARD:
        report.write_text(scorecard(outcome, plan))
    _show(outcome, console)
    raise typer.Exit(0 if is_good(outcome) else 1)


async def _run(plan: Plan, seed: int, console: Console, *, cluster: bool) -> Outcome:
    starters = CLUSTERED if cluster else SINGLE
    async with running_stack(ConsoleReporter(console), starters) as stack:
        processes = Processes(stack.home, stack.servers_home, starters)
        target = Target(Addresses.at(stack.home.path), stack.servers, processes)
        faults = faults_of(plan, processes, stack.servers)
        return await Drill(target, plan, faults, seed, HOME / "ledger.jsonl", console).run()


def _show(outcome: Outcome, console: Console) -> None:
    console.print(verdicts_table(outcome))
    for violation in violations(outcome):
        console.print(f"[red]✗[/] {violation}", highlight=False, soft_wrap=True)
    if not is_in_time(outcome):
        console.print("[red]✗[/] the backlog was not empty in time after the last fault", highlight=False)
    console.print(f"{summary(outcome)}; the ledger is {HOME / 'ledger.jsonl'}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
