"""`python -m bench`: measures, prints a table, and keeps everything in bench/results."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cartwheel_local.console_reporter import ConsoleReporter
from localservers.errors import LocalStackError
from localservers.interruptions import take_for_interrupts
from rich.console import Console

from bench import phases
from bench.carts import Shoppers
from bench.consuming.phase import consumers
from bench.draining.phase import drain
from bench.errors import BenchError
from bench.growth.databases import SHARE_OF_ONE
from bench.growth.phase import growth
from bench.growth.result import AIM
from bench.imports import holds_beside_an_import
from bench.machine import configuration, load_average
from bench.plan import FULL, QUICK, Plan
from bench.pooler import pooled_adds
from bench.report import Report
from bench.session import Session
from bench.shop import open_shop
from bench.stack import running_stack
from bench.storefront import storefront
from bench.streams import streams
from bench.tracing import traced_adds

RESULTS = Path(__file__).parent / "results"
PHASES = {
    "pipeline": phases.pipeline,
    "imports": holds_beside_an_import,
    "storefront": storefront,
    "streams": streams,
    "consumers": consumers,
    "drain": drain,
    "api": phases.api_alone,
    "gateway": phases.gateway,
    "processes": phases.two_processes,
    "traces": traced_adds,
    "pooler": pooled_adds,
    "profile": phases.profile_adds,
    "limits": phases.limits,
    "growth": growth,
}
ONLY_BY_NAME = frozenset({"growth"})
"""What a run without --only leaves out: it takes long, and what comes after it would be measured beside its rows."""


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="intervals of 2 s: to see that it works, not to quote")
    ] = False,
    only: Annotated[list[str] | None, typer.Option(help=f"one of {', '.join(PHASES)}; may be repeated")] = None,
    scale: Annotated[
        float, typer.Option(help=f"growth: how many carts, 1 is {SHARE_OF_ONE:,}", min=0.0002, max=10)
    ] = 0.01,
) -> None:
    """Measure Cartwheel on this machine beside the machine's own limits."""
    console, errors = Console(), Console(stderr=True)
    if unknown := set(only or ()) - set(PHASES):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose from {', '.join(PHASES)}")
    try:
        names = only or [name for name in PHASES if name not in ONLY_BY_NAME]
        report, file = asyncio.run(_run(QUICK if quick else FULL, names, scale, console))
    except (BenchError, LocalStackError) as failure:
        if isinstance(failure, LocalStackError):
            ConsoleReporter(errors).failure(failure)
        else:
            errors.print(f"✗ {failure}")
        raise typer.Exit(1) from failure
    sys.stdout.write(report.as_markdown())
    console.print(f"Everything is in {file}", highlight=False, soft_wrap=True)
    if any(measurement.load.failures for measurement in report.measurements):
        errors.print("✗ Requests failed: these figures are not to be quoted.", style="bold red")
        raise typer.Exit(1)
    _judge_growth(report, console, errors)


def _judge_growth(report: Report, console: Console, errors: Console) -> None:
    if not report.growth:
        return
    worst = max(report.growth, key=lambda one: one.ratio)
    text = (
        f"{len(report.growth)} operations, from {worst.few.where} to {worst.many.where}:"
        f" the P95 that grew most became {worst.ratio:.2f} times as long ({worst.operation}); the aim is {AIM}"
    )
    if any(one.is_too_much for one in report.growth):
        errors.print(f"✗ {text}", style="bold red", soft_wrap=True)
        raise typer.Exit(1)
    console.print(f"✓ {text}", highlight=False, soft_wrap=True)


async def _run(plan: Plan, names: list[str], scale: float, console: Console) -> tuple[Report, Path]:
    before = load_average()
    RESULTS.mkdir(exist_ok=True)
    results = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    async with running_stack(ConsoleReporter(console)) as stack:
        report = Report({**await configuration(stack), "load average before": before})
        shop = await open_shop(stack)
        shoppers = Shoppers(stack.api_url, shop)
        session = Session(plan, stack, shop, shoppers, report, console, stack.home.run, results, scale)
        for name, phase in PHASES.items():
            if name in names:
                console.print(f"[bold]{name}[/]")
                await phase(session)
    report.configuration = {**report.configuration, "load average after": load_average()}
    results.with_suffix(".json").write_text(json.dumps(report.as_json()))
    results.with_suffix(".md").write_text(report.as_markdown())
    return report, results.with_suffix(".json")


if __name__ == "__main__":
    take_for_interrupts()
    typer.run(main)
