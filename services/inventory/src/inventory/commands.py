"""What the command line can do beyond what every service can: import a catalogue, release every hold."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from servicekit.clock import SystemClock
from servicekit.db import Database
from servicekit.errors import ValidationFailed422
from servicekit.jobs.job import JobContext, JobResult
from servicekit.settings import load

from inventory.imports.domain.report import Report
from inventory.imports.use_cases.import_file import import_file
from inventory.jobs import release_all_holds
from inventory.settings import InventorySettings

CONTENT_TYPES = {".csv": "text/csv", ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson"}
SHOWN_ERRORS = 20

Shown = Callable[[Report], None]
"""Shows how far an import has come."""


def add_commands(app: typer.Typer) -> None:
    """Add inventory's own commands to the service's command line."""
    app.command(name="import")(import_command)
    app.command(name="release-holds")(release_holds)


def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .csv, .jsonl or .ndjson file.")],
    company: Annotated[UUID, typer.Option(help="Id of the company whose catalogue it is.")],
    currency: Annotated[str | None, typer.Option(help="Of a Shopify file's prices; else the first site's.")] = None,
) -> None:
    """Bring a file into a company's catalogue; ends with status 1 when a product was rejected."""
    content_type = CONTENT_TYPES.get(file.suffix.lower())
    if content_type is None:
        raise typer.BadParameter(f"the name must end in one of {', '.join(CONTENT_TYPES)}")
    console = Console(stderr=True)
    try:
        with file.open("rb") as source, _progress(console) as progress:
            shown = _shown_by(progress, source, file.stat().st_size)
            report = asyncio.run(_import(load(InventorySettings), company, source, content_type, shown, currency))
    except ValidationFailed422 as refused:
        console.print(f"[red]{refused}[/] {refused.extra.get('errors', '')}")
        raise typer.Exit(1) from None
    _show(console, report)
    raise typer.Exit(1 if report.rejected else 0)


def release_holds(
    everything: Annotated[bool, typer.Option("--all", help="Release every open hold, due or not.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say how many it would release.")] = False,
) -> None:
    """Give back every open hold of every company, for a rollback; due ones are released by the job anyway."""
    if not everything:
        raise typer.BadParameter("say --all: every open checkout loses its stock")
    result = asyncio.run(_release(load(InventorySettings), dry_run=dry_run))
    typer.echo(f"{result.count} holds {'would be ' if dry_run else ''}released")


async def _import(
    settings: InventorySettings, company_id: UUID, source: BinaryIO, kind: str, shown: Shown, currency: str | None
) -> Report:
    database = await Database.open(settings, service="inventory")
    try:
        return await import_file(database, company_id, source, kind, shown, currency=currency)
    finally:
        await database.close()


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("importing"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[products]} products"),
        TimeElapsedColumn(),
        console=console,
    )


def _shown_by(progress: Progress, source: BinaryIO, size: int) -> Shown:
    task = progress.add_task("import", total=size, products=0)
    return lambda report: progress.update(task, completed=source.tell(), products=report.total)


def _show(console: Console, report: Report) -> None:
    console.print(
        f"{report.created} created, {report.updated} updated, {report.unchanged} unchanged, {report.rejected} rejected"
    )
    if not report.errors:
        return
    table = Table("line", "field", "what is wrong")
    for error in report.errors[:SHOWN_ERRORS]:
        table.add_row(str(error.line), error.field, error.message)
    console.print(table)
    if len(report.errors) > SHOWN_ERRORS:
        console.print(f"and {len(report.errors) - SHOWN_ERRORS} more")


async def _release(settings: InventorySettings, *, dry_run: bool) -> JobResult:
    database = await Database.open(settings, service="inventory")
    try:
        return await release_all_holds(JobContext(database, SystemClock(), dry_run))
    finally:
        await database.close()
