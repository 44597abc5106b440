"""`python -m <service> dead-letters`: what could not be handled, and what becomes of it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from servicekit.cli.dead_letter_walk import sentence_of, showing_walk
from servicekit.cli.table import show_table
from servicekit.messaging.broker import Broker, PublishFailed
from servicekit.messaging.connection_loss import ConnectionLost
from servicekit.messaging.dead_letter_walk import Wanted, replay_all
from servicekit.messaging.dead_letters import DeadLetter, DeadLetterNotFound, DeadLetters, ReplayRefused
from servicekit.roles.service import AnyService
from servicekit.settings import load

T = TypeVar("T")

DeadLetterId = Annotated[UUID, typer.Argument(help="The dead letter's id, as list shows it.")]


def dead_letter_commands(service: AnyService) -> typer.Typer:
    """list, show, replay and drop."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("list")
    def list_dead_letters(limit: Annotated[int, typer.Option(help="Dead letters at most.")] = 100) -> None:
        """Every dead letter, oldest failure first."""
        found = _ask(service, lambda dead_letters: dead_letters.list(limit))
        show_table(_table(found))

    @commands.command()
    def show(dead_letter_id: DeadLetterId) -> None:
        """One dead letter with its body."""
        dead_letter = _ask(service, lambda dead_letters: dead_letters.show(dead_letter_id))
        typer.echo(_line(dead_letter))
        typer.echo(dead_letter.body.decode(errors="replace") if dead_letter.body is not None else "(body withheld)")

    @commands.command()
    def replay(
        dead_letter_id: Annotated[UUID | None, typer.Argument(help="The dead letter's id, as list shows it.")] = None,
        every: Annotated[bool, typer.Option("--all", help="Every dead letter, or those that fit the options.")] = False,
        queue: Annotated[str | None, typer.Option(help="With --all: only those of this queue.")] = None,
        event_type: Annotated[str | None, typer.Option("--type", help="With --all: only this type of event.")] = None,
        reason: Annotated[str | None, typer.Option(help="With --all: only errors with this text in them.")] = None,
    ) -> None:
        """Send one to its queue again, or all in one walk, each once; who handled it before will not again.

        A walk may be stopped and begun again at any moment. What fails again meanwhile is left for another walk.
        """
        wanted = Wanted(queue, event_type, reason)
        if every == (dead_letter_id is not None) or (wanted != Wanted() and not every):
            raise typer.BadParameter("name one dead letter, or --all with or without --queue, --type and --reason")
        if dead_letter_id is not None:
            typer.echo(f"replayed: {_line(_ask(service, lambda dead_letters: dead_letters.replay(dead_letter_id)))}")
        else:
            _replay_all(service, wanted)

    @commands.command()
    def drop(dead_letter_id: DeadLetterId) -> None:
        """Remove it for good."""
        typer.echo(f"dropped: {_line(_ask(service, lambda dead_letters: dead_letters.drop(dead_letter_id)))}")

    return commands


def _replay_all(service: AnyService, wanted: Wanted) -> None:
    """Replay what is wanted and print the counts; ends with status 1 when the broker went away in the middle."""
    stopped: Exception | None = None
    with showing_walk() as shown:
        try:
            asyncio.run(_answer(service, lambda dead_letters: replay_all(dead_letters, wanted, progress=shown.update)))
        except (PublishFailed, ConnectionLost) as error:
            stopped = error
    if shown.counts is not None:
        typer.echo(sentence_of(shown.counts))
    if stopped is not None:
        typer.echo(f"stopped: {stopped}; run it again for the rest", err=True)
        raise typer.Exit(1)


def _ask(service: AnyService, question: Callable[[DeadLetters], Awaitable[T]]) -> T:
    """Ask the service's dead letters; ends with status 1 and the reason when that cannot be answered."""
    try:
        return asyncio.run(_answer(service, question))
    except DeadLetterNotFound:
        reason = "there is no such dead letter"
    except (ReplayRefused, PublishFailed) as refused:
        reason = f"not replayed: {refused}"
    typer.echo(reason, err=True)
    raise typer.Exit(1)


async def _answer(service: AnyService, question: Callable[[DeadLetters], Awaitable[T]]) -> T:
    async with _dead_letters(service) as dead_letters:
        return await question(dead_letters)


@asynccontextmanager
async def _dead_letters(service: AnyService) -> AsyncGenerator[DeadLetters]:
    broker = await Broker.connect(load(service.settings).rabbitmq_url, name=f"{service.name} operations")
    try:
        yield DeadLetters(broker, service.name)
    finally:
        await broker.close()


def _line(dead_letter: DeadLetter) -> str:
    event = f"{dead_letter.id} {dead_letter.event_type} {dead_letter.queue}"
    return f"{event} after {dead_letter.attempts} attempts: {dead_letter.error}"


def _table(dead_letters: list[DeadLetter]) -> Table:
    table = Table("id", "event", "queue", "handlers", "attempts", "first failed", "error")
    for dead_letter in dead_letters:
        first = f"{dead_letter.first_failed_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            str(dead_letter.id),
            dead_letter.event_type,
            dead_letter.queue,
            dead_letter.handlers,
            str(dead_letter.attempts),
            first,
            dead_letter.error,
        )
    return table
