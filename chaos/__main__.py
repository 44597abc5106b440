"""`python -m chaos`: breaks a stack of its own while shoppers shop, and exits with 1 unless nothing is lost or doubled.

The ledger of the run and the logs of every process stay in .local/chaos.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from cartwheel_client import CartwheelError
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY
from localservers.interruptions import take_for_interrupts
from localservers.servers import Starter
from rich.console import Console
from simulator.stack import Stack as Addresses

from chaos.checks.mails import unresolved_mails
from chaos.drill import Drill, Outcome, Target
from chaos.errors import ChaosError
from chaos.faults.choosing import faults_of
from chaos.faults.sends import Ambushes
from chaos.plan import FULL, MAILS, QUICK, Plan
from chaos.processes import Processes
from chaos.report import is_good, is_in_time, scorecard, summary, verdicts_table, violations
from chaos.servers import CLUSTERED, SINGLE
from chaos.shopping.journeys import LEAVING
from chaos.stack import HOME, Stack, running_stack

LEDGER = HOME / "ledger.jsonl"
FULL_KILLS = 100
"""From so many kills on a run of mails counts as a full one."""
DOCS = REPOSITORY / "docs"
SCORECARD, MAILS_SCORECARD = DOCS / "scorecard.md", DOCS / "scorecard-mails.md"


def main(
    quick: Annotated[bool, typer.Option("--quick", help="half a minute of faults instead of two")] = False,
    cluster: Annotated[
        bool | None,
        typer.Option(help="three nodes of RabbitMQ, and PostgreSQL with a standby; what a full run has anyway"),
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=5, max=3600, help="how long things break")] = None,
    seed: Annotated[int, typer.Option(help="another number, other shoppers and faults")] = 1,
    mails: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="in place of all else, kill recovery's worker so often around a send"),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="the page to write; else only a full run writes one")] = None,
) -> None:
    """Break a stack of the drill's own while shoppers shop, and judge by what they were answered."""
    console = Console()
    plan = MAILS if mails else QUICK if quick else FULL
    if seconds is not None:
        plan = replace(plan, seconds=seconds)
    try:
        if mails:
            outcome = asyncio.run(_run_mails(plan, seed, console, mails))
        else:
            outcome = asyncio.run(_run(plan, seed, console, cluster=cluster if cluster is not None else not quick))
    except (ChaosError, CartwheelError) as failure:
        Console(stderr=True).print(f"✗ {failure}", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from failure
    except LocalStackError as failure:
        ConsoleReporter(Console(stderr=True)).failure(failure)
        raise typer.Exit(1) from failure
    _write(outcome, plan, mails or 0, report)
    _show(outcome, console)
    raise typer.Exit(0 if is_good(outcome) else 1)


async def _run(plan: Plan, seed: int, console: Console, *, cluster: bool) -> Outcome:
    starters = CLUSTERED if cluster else SINGLE
    async with running_stack(ConsoleReporter(console), starters) as stack:
        target = _target(stack, starters)
        faults = faults_of(plan, target.processes, stack.servers)
        return await Drill(target, plan, faults, seed, LEDGER, console).run()


async def _run_mails(plan: Plan, seed: int, console: Console, kills: int) -> Outcome:
    ambushes = Ambushes()
    async with running_stack(ConsoleReporter(console), SINGLE, ambushes.laid) as stack:
        target = _target(stack, SINGLE)
        faults = ambushes.faults(target.processes, kills)
        outcome = await Drill(target, plan, faults, seed, LEDGER, console, LEAVING).run()
    return replace(outcome, verdicts=[*outcome.verdicts, unresolved_mails(outcome.records, len(outcome.injected))])


def _target(stack: Stack, starters: Mapping[str, Starter]) -> Target:
    processes = Processes(stack.home, stack.servers_home, starters)
    return Target(Addresses.at(stack.home.path), stack.servers, processes)


def _write(outcome: Outcome, plan: Plan, kills: int, report: Path | None) -> None:
    """Write the page of a full run, or the one that was asked for."""
    if kills:
        title, command, page = "mails while their worker was killed", f"make chaos MAILS={kills}", MAILS_SCORECARD
    else:
        title, command, page = "what held while things broke", "make chaos", SCORECARD
    if report is not None or kills >= FULL_KILLS or plan is FULL:
        (report or page).write_text(scorecard(outcome, plan, title, command))


def _show(outcome: Outcome, console: Console) -> None:
    console.print(verdicts_table(outcome))
    for violation in violations(outcome):
        console.print(f"[red]✗[/] {violation}", highlight=False, soft_wrap=True)
    if not is_in_time(outcome):
        console.print("[red]✗[/] the backlog was not empty in time after the last fault", highlight=False)
    console.print(f"{summary(outcome)}; the ledger is {LEDGER}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    take_for_interrupts()
    typer.run(main)
