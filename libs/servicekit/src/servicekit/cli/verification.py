"""`python -m <service> verify-database`: whether the database is as this version expects it."""

import asyncio
from collections.abc import Callable

import typer
from rich.filesize import decimal
from rich.table import Table

from servicekit.cli.table import show_table
from servicekit.db.verification import Verification, verify
from servicekit.roles.service import AnyService
from servicekit.settings import load


def verification_command(service: AnyService) -> Callable[[], None]:
    """The command of a service."""

    def command() -> None:
        """Compare tables, indexes, constraints and row-level security with the code; exit with 1 unless all is there.

        Changes nothing. Rows are what PostgreSQL's statistics say.
        """
        settings = load(service.settings)
        url = settings.database_direct_url or settings.database_url
        found = asyncio.run(verify(url, service.migrations, service.metadata))
        show_table(_table(service.name, found))
        for sentence in found.surplus:
            typer.echo(f"note: {sentence}")
        for fault in found.faults:
            typer.echo(f"fault: {fault}", err=True)
        typer.echo(_verdict(service.name, found))
        raise typer.Exit(1 if found.faults else 0)

    return command


def _table(service: str, found: Verification) -> Table:
    table = Table("table", "rows, about", "size", "indexes", "of them partial", title=f"{service} at {found.revision}")
    for size in found.tables:
        cells = (f"{size.row_estimate:,}", decimal(size.bytes), str(size.indexes), str(size.partial_indexes))
        table.add_row(size.name, *cells)
    return table


def _verdict(service: str, found: Verification) -> str:
    if found.faults:
        return f"{service}: {len(found.faults)} fault{'s' if len(found.faults) > 1 else ''}"
    return f"{service}: {len(found.tables)} tables as revision {found.newest} expects them"
