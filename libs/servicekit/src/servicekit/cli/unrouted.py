"""`python -m <service> unrouted`: events of any service that no queue took."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Annotated

import typer

from servicekit.messaging.broker import Broker, PublishFailed, QueueAbsent
from servicekit.messaging.topology import UNROUTED
from servicekit.messaging.unrouted import Unrouted
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings, load


def unrouted_command(service: AnyService) -> Callable[..., None]:
    """The command of a service; it is the same for all."""

    def command(
        send: Annotated[bool, typer.Option("--send", help="Send each that waits now to its queues once more.")] = False,
    ) -> None:
        """How many events of which type no queue took; with --send they are sent once more.

        For after `migrate` of the consumer, which binds its queues. Harmless at any time: who has an event ignores it,
        and what still no queue takes stays.
        """
        try:
            sent, left = asyncio.run(_looked_at(service, load(service.settings), send=send))
        except (PublishFailed, QueueAbsent) as stopped:
            typer.echo(f"stopped: {type(stopped).__name__}: {stopped}; run it again for the rest", err=True)
            raise typer.Exit(1) from stopped
        if send:
            typer.echo(f"{sent} events sent again")
        for event_type, count in sorted(left.items()):
            typer.echo(f"{count} {event_type}")
        typer.echo(f"{left.total()} events in {UNROUTED}")

    return command


async def _looked_at(service: AnyService, settings: ServiceSettings, *, send: bool) -> tuple[int, Counter[str]]:
    broker = await Broker.connect(settings.rabbitmq_url, name=f"{service.name} unrouted")
    try:
        unrouted = Unrouted(broker)
        return await unrouted.send_again() if send else 0, await unrouted.types()
    finally:
        await broker.close()
