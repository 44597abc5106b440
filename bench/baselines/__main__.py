"""`python -m bench.baselines`: a shop's baselines, measured on a stack of its own; exits with 1 if requests failed."""

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
from simulator.tokens import Tokens

from bench import plan
from bench.baselines.judging import as_markdown, failures_of, summary
from bench.baselines.plan import FULL, QUICK
from bench.baselines.running import LoadRun
from bench.baselines.shopping import Shopping
from bench.carts import Shoppers
from bench.errors import BenchError
from bench.machine import configuration, load_average
from bench.report import Report
from bench.session import Session
from bench.shop import open_shop
from bench.stack import HOME, running_stack

RESULTS = HOME / "results"


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="3 s of each operation: to see that it works, not to quote")
    ] = False,
) -> None:
    """Measure each operation under a hundred shoppers beside its baseline, and a shop's loads of an hour."""
    console, errors = Console(), Console(stderr=True)
    try:
        report = asyncio.run(_run(console, quick=quick))
    except BenchError as failure:
        errors.print(f"✗ {failure}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from failure
    except LocalStackError as failure:
        ConsoleReporter(errors).failure(failure)
        raise typer.Exit(1) from failure
    file = _keep(report)
    sys.stdout.write(as_markdown(report.measurements))
    failed = bool(failures_of(report.measurements))
    console.print(f"{'✗' if failed else '✓'} {summary(report.measurements)}; all figures are in {file}", soft_wrap=True)
    raise typer.Exit(1 if failed else 0)


async def _run(console: Console, *, quick: bool) -> Report:
    before = load_average()
    async with running_stack(ConsoleReporter(console)) as stack:
        report = Report({**await configuration(stack), "load average before": before})
        shop = await open_shop(stack)
        shoppers = Shoppers(stack.api_url, shop)
        lengths = plan.QUICK if quick else plan.FULL
        session = Session(lengths, stack, shop, shoppers, report, console, stack.home.run, RESULTS)
        tokens = Tokens(stack.secrets.jwt_secret, stack.secrets.service_token_secret)
        shopping = Shopping(stack.addresses.services, tokens, shop, shoppers)
        await LoadRun(session, QUICK if quick else FULL, shopping).run()
    report.configuration = {**report.configuration, "load average after": load_average()}
    return report


def _keep(report: Report) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"load-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(report.as_json()))
    return file


if __name__ == "__main__":
    take_for_interrupts()
    typer.run(main)
