"""`python -m <service> republish`: the state as events again, with its progress on the terminal."""

import time
from uuid import UUID

import typer

from servicekit.db import Database
from servicekit.messaging.republishing import Cursor, Progress, PublishedState, republish
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings

QUIET_SECONDS = 2.0
"""A run shorter than this prints its result only, a longer one a line as often."""


async def republish_all(service: AnyService, settings: ServiceSettings, company: str | None, after: str | None) -> int:
    """Write the current state into the outbox, of one company or all; returns how many events.

    Raises typer.BadParameter for what cannot be published or gone on with.
    """
    if service.republish is None:
        raise typer.BadParameter(f"{service.name} publishes no state")
    company_id, cursor = _read(service.republish, company, after)
    database = await Database.open(settings, service=service.name)
    report = _Report(cursor)
    try:
        async for progress in republish(database, service.republish, company_id=company_id, after=cursor):
            report.show(progress)
    except BaseException:  # also when it is interrupted: whoever began it is told how to go on
        report.not_finished()
        raise
    finally:
        await database.close()
    return report.progress.events


def _read(state: PublishedState, company: str | None, after: str | None) -> tuple[UUID | None, Cursor | None]:
    try:
        company_id = UUID(company) if company else None
        cursor = Cursor.parse(after, state) if after else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if company_id and cursor and cursor.company_id != company_id:
        raise typer.BadParameter("the cursor is another company's")
    return company_id, cursor


class _Report:
    """Prints a line now and then: how far it is, what it waits for, and what to go on after if it is killed."""

    def __init__(self, start: Cursor | None) -> None:
        self.progress = Progress(0, start)
        self._printed = time.monotonic()

    def show(self, progress: Progress) -> None:
        """Print where it is, unless that has just been done."""
        self.progress = progress
        if time.monotonic() - self._printed >= QUIET_SECONDS:
            self._printed = time.monotonic()
            waits = f", waits for the worker to publish {progress.waiting} or more" if progress.waiting else ""
            typer.echo(f"{progress.events} events{waits}; --after {progress.cursor}", err=True)

    def not_finished(self) -> None:
        """Print how to go on."""
        again = f"go on with --after {self.progress.cursor}" if self.progress.cursor else "begin again"
        typer.echo(f"not finished after {self.progress.events} events: {again}", err=True)
