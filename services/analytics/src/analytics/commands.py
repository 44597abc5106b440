"""`python -m analytics rebuild`, `digest` and `measures`: the read models again, their digest, what they count."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from servicekit.db import Database
from servicekit.settings import load

from analytics.figures import service as figures_service
from analytics.figures.domain.frozen import table_of
from analytics.figures.domain.measures import MEASURES
from analytics.main import SERVICE
from analytics.projections.use_cases import digest as digesting
from analytics.projections.use_cases import rebuild as rebuilding
from analytics.settings import AnalyticsSettings

Company = Annotated[UUID | None, typer.Option(help="Id of one company; all when not given.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this service to those that every service has."""
    app.command()(rebuild)
    app.command()(digest)
    measures = typer.Typer(no_args_is_help=True)
    measures.command()(freeze)
    measures.command()(document)
    app.add_typer(measures, name="measures", help="What is counted of a cart, for migrations and for the README.")


def rebuild(company: Company = None) -> None:
    """Make every read model again from the event log; harmless at any time; prints what was wrong."""
    wrong, figures = asyncio.run(_rebuild(company))
    typer.echo(f"{wrong} carts and {figures} figures were wrong and are right now")


def digest(company: Company = None) -> None:
    """Print the SHA-256 of every read model: equal before and after a rebuild."""
    for table, sha in asyncio.run(_digest(company)).items():
        typer.echo(f"{sha}  {table}")


def freeze() -> None:
    """Write the measures as SQL for a new migration, with the migration; nothing if the newest version is equal."""
    for file in figures_service.freeze(SERVICE.migrations):
        typer.echo(file)


def document() -> None:
    """Print the measures as the table of the README."""
    typer.echo(table_of(MEASURES), nl=False)


async def _rebuild(company: UUID | None) -> tuple[int, int]:
    async with _database() as database:
        companies = [company] if company else await rebuilding.companies(database)
        wrong = figures = 0
        with _progress() as progress:
            for number, company_id in enumerate(companies, 1):
                task = progress.add_task(
                    f"company {number} of {len(companies)}", total=await rebuilding.count_carts(database, company_id)
                )
                async for step in rebuilding.rebuild(database, company_id):
                    progress.advance(task, step.carts)
                    wrong, figures = wrong + step.wrong, figures + step.wrong_figures
        return wrong, figures


async def _digest(company: UUID | None) -> dict[str, str]:
    async with _database() as database:
        return await digesting.digest(database, company)


@asynccontextmanager
async def _database() -> AsyncGenerator[Database]:
    database = await Database.open(load(AnalyticsSettings), service="analytics")
    try:
        yield database
    finally:
        await database.close()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("carts"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
