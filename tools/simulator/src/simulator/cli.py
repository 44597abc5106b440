"""The command line: `python -m simulator`, against the stack of a home."""

import gc
import json
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop
from cartwheel_client import CartwheelError
from localservers.home import Home
from rich.console import Console
from rich.markup import escape

from simulator.demo.reconciling import reconcile_again
from simulator.demo.run import Demo
from simulator.errors import SimulatorError
from simulator.reconciliation.figures import Figure, differing, figures_table, verdict
from simulator.replay.run import Replay
from simulator.shops.seeding import seed as seed_shops
from simulator.stack import Stack

T = TypeVar("T")

_GARBAGE_THRESHOLDS = (100_000, 20, 100)
"""How many new objects, and how many searches of a generation, before the next search."""

app = typer.Typer(
    help="Simulated shoppers, on the stack that CARTWHEEL_HOME names.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console()


@app.command()
def demo(
    shoppers: Annotated[int, typer.Option(min=1, max=5_000, help="how many shop")] = 120,
    seconds: Annotated[float, typer.Option(min=1, help="over how long they come and go")] = 60,
    seed: Annotated[int, typer.Option(help="another number, other shoppers")] = 1,
) -> None:
    """Let simulated shoppers shop, and exit with 1 unless analytics counts what they saw."""
    _judge(_run(Demo(_stack(), console, shoppers, seconds, seed).run()))


@app.command()
def reconcile() -> None:
    """Compare the last demo's ledger with analytics once more, and exit with 1 unless every figure is equal."""
    _judge(_run(reconcile_again(_stack())))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="invoices in the layout of UCI's Online Retail: .csv, .csv.gz or .xlsx")],
    carts: Annotated[int, typer.Option(min=1, max=100, help="carts at a time")] = 8,
) -> None:
    """Shop again what a file of invoices says, and exit with 1 unless analytics counts what the file counts."""
    run = Replay(_stack(), console, file, carts)
    figures = _run(run.run())
    console.print(f"{verdict(figures)}; the report is {run.report_file}", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if differing(figures) else 0)


@app.command(hidden=True)
def seed() -> None:
    """Read a stack's variables as JSON from standard input, make its two shops, and print what is new of stack.env."""
    stack = Stack.of(json.load(typer.get_text_stream("stdin")), Home.from_environment().path)
    typer.echo(json.dumps(_run(seed_shops(stack))))


def main() -> None:
    """Run the command line."""
    _spare_the_collector()
    app()


def _spare_the_collector() -> None:
    """Search less often for garbage: an answer of a large cart makes thousands of objects, none of them in a cycle."""
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)


def _stack() -> Stack:
    try:
        return Stack.at(Home.from_environment().path)
    except SimulatorError as error:
        _fail(error)


def _judge(figures: Sequence[Figure]) -> NoReturn:
    """Show what the shoppers saw beside what analytics counted, and exit with 1 unless all of it is equal."""
    title = "What happened; amounts in minor units"
    console.print(figures_table(figures, title=title, expected="shoppers saw", counted="analytics says"))
    console.print(verdict(figures), highlight=False, soft_wrap=True)
    raise typer.Exit(1 if differing(figures) else 0)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Do the work, and show a failure as a sentence."""
    try:
        return uvloop.run(work)
    except (SimulatorError, CartwheelError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    Console(stderr=True).print(f"[red]✗[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    raise typer.Exit(1)
