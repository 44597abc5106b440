"""`python -m rollout`: drill | rolling-restart."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.services import SERVICES
from localservers.errors import LocalStackError
from localservers.home import REPOSITORY
from localservers.interruptions import take_for_interrupts
from rich.console import Console
from servicekit.cli.table import show_table
from simulator.progress import step

from rollout.drill.plans import Plan
from rollout.drill.run import run
from rollout.drill.versions import Version, commit_of, earlier_commit, prepare
from rollout.errors import Refused

_PATIENT_SECONDS = "20"
"""How long the services' requests wait for a connection: a drill judges what is lost, not how fast the machine is."""

app = typer.Typer(help="Roll-outs.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

Names = Annotated[list[str] | None, typer.Argument(help="the services to exchange; all of them when none")]
Older = Annotated[
    str,
    typer.Option("--from", help="the older version; else the newest tag, or what was before the last change of code"),
]
Newer = Annotated[str, typer.Option("--to", help="the newer version: a commit, a tag, a branch")]
Rate = Annotated[float, typer.Option(min=1, help="steps of shoppers a second; each is a request or two")]
Shops = Annotated[int, typer.Option(min=1, help="companies that are shopped at")]
Pause = Annotated[float, typer.Option(min=0, help="seconds after each exchange")]
Hard = Annotated[
    bool, typer.Option("--hard", help="kill processes in place of taking them out, to see that it is noticed")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]


@app.command()
def drill(
    services: Names = None,
    older: Older = "",
    newer: Newer = "HEAD",
    rate: Rate = 100,
    shops: Shops = 3,
    pause: Pause = 3,
    hard: Hard = False,
    dry_run: DryRun = False,
) -> None:
    """Upgrade one service after another under load, roll each back alone, and judge that nothing was lost by it.

    Exits with 1 when a request failed, an event was lost or doubled, or a figure differs.
    """
    plan = Plan("rollback drill", _services(services), rate, shops, pause, rolls_back=True, is_hard=hard)
    try:
        commit = commit_of(newer)
        _drill(plan, commit_of(older) if older else earlier_commit(commit), commit, dry_run=dry_run)
    except LocalStackError as error:
        _fail(error)


@app.command("rolling-restart")
def rolling_restart(
    services: Names = None,
    version: Newer = "HEAD",
    rate: Rate = 200,
    shops: Shops = 3,
    pause: Pause = 1,
    hard: Hard = False,
    dry_run: DryRun = False,
) -> None:
    """Replace every process of every service by another of its version under load; judged as the drill is."""
    plan = Plan("rolling restart", _services(services), rate, shops, pause, rolls_back=False, is_hard=hard)
    try:
        commit = commit_of(version)
        _drill(plan, commit, commit, dry_run=dry_run)
    except LocalStackError as error:
        _fail(error)


def _drill(plan: Plan, older: str, newer: str, *, dry_run: bool) -> None:
    if dry_run:
        for line in plan.described(older, newer):
            console.print(line, highlight=False, soft_wrap=True)
        return
    place = Path(os.environ.get("CARTWHEEL_DRILL_HOME") or REPOSITORY / ".local" / "drill").absolute()
    place.mkdir(mode=0o711, parents=True, exist_ok=True)
    os.environ["CARTWHEEL_SERVERS"] = "native"  # the drill is for one machine's own servers
    os.environ.setdefault("DB_POOL_TIMEOUT_SECONDS", _PATIENT_SECONDS)
    versions = {commit: _prepared(commit, place) for commit in dict.fromkeys((older, newer))}
    findings = asyncio.run(run(plan, versions[older], versions[newer], place, console))
    show_table(findings.table())
    for fault in findings.faults:
        console.print(f"[red]✗[/] {fault}", highlight=False, soft_wrap=True)
    console.print(findings.verdict(), highlight=False, soft_wrap=True)
    raise typer.Exit(1 if findings.faults else 0)


def _prepared(commit: str, place: Path) -> Version:
    with step(console, f"Files and packages of {commit[:9]}"):
        return prepare(commit, place, place / "bootstrap.log")


def _services(names: list[str] | None) -> tuple[str, ...]:
    if unknown := sorted(set(names or ()) - set(SERVICES)):
        _fail(Refused(f"there is no service {', '.join(unknown)}: take some of {', '.join(SERVICES)}"))
    return tuple(names or SERVICES)


def _fail(error: LocalStackError) -> NoReturn:
    ConsoleReporter(Console(stderr=True)).failure(error)
    raise typer.Exit(1)


if __name__ == "__main__":
    take_for_interrupts()
    sys.exit(app())
