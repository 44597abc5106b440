"""`python -m <service> resend`: what the outbox still has, published once more."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from servicekit.db import Database
from servicekit.messaging.resending import count_published, resend
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings, load

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def resend_command(service: AnyService) -> Callable[..., None]:
    """The command of a service."""

    def command(
        since: Annotated[
            datetime | None, typer.Option(help="published from then on, of UTC; all that is left when not given")
        ] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="count them, and publish nothing")] = False,
    ) -> None:
        """Publish again what the outbox still has (7 days), under the same event ids: after a restore.

        Harmless at any time: whoever has an event already ignores it.
        """
        begin = (since or EVER) if since is None or since.tzinfo else since.replace(tzinfo=UTC)
        count = asyncio.run(_resend(service, load(service.settings), begin, dry_run=dry_run))
        typer.echo(f"{service.name}: {count} events {'would be' if dry_run else 'will be'} published again")

    return command


async def _resend(service: AnyService, settings: ServiceSettings, since: datetime, *, dry_run: bool) -> int:
    database = await Database.open(settings, service=service.name)
    try:
        if dry_run:
            return await count_published(database, since)
        return sum([step async for step in resend(database, since)])
    finally:
        await database.close()
