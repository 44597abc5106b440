"""`cartwheel-local backup` and `cartwheel-local restore`."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import typer
from localservers.errors import LocalStackError
from localservers.home import Home
from localservers.state import only_one
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.errors import BackupDamaged
from cartwheel_local.backups.queues import empty_queues
from cartwheel_local.backups.recovering import Target
from cartwheel_local.backups.restoring import Restored, restore
from cartwheel_local.backups.restoring_alone import RestoredAlone, manifest_alone, restore_alone
from cartwheel_local.backups.taking import open_backups, running_postgres, take_backup
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import load_secrets

T = TypeVar("T")

_RESEND_MARGIN = timedelta(hours=1)
"""Longer than a queue may be behind without an alert (docs/adr, "After a restore")."""

app = typer.Typer(invoke_without_command=True)
console = Console()


@app.callback()
def backup(
    context: typer.Context,
    incremental: Annotated[
        bool, typer.Option("--incremental/--full", help="only what changed since the last one, or everything")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done")] = False,
) -> None:
    """Back up the stack's PostgreSQL while it runs: encrypted, to S3.

    From the first backup on each WAL segment is archived too, within a minute. The settings BACKUP_… name the bucket
    (docs/operations/backup.md); without them a stand-in keeps the backups until `down`.
    """
    if context.invoked_subcommand is None:
        _run(_take("incr" if incremental else "full", dry_run=dry_run))


@app.command("list")
def list_backups() -> None:
    """List the backups and the newest archived WAL segment."""
    _run(_list())


@app.command()
def verify() -> None:
    """Read every file of the bucket, and exit with 1 when one is not as it was written or a WAL segment is missing."""
    _run(_verify())


def restore_command(
    to: Annotated[
        datetime | None, typer.Option(help="a moment, of UTC unless it says otherwise; else the newest")
    ] = None,
    label: Annotated[
        str | None, typer.Option("--set", help="the backup to start from, as `backup list` has it")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="SERVICE", help="bring one service's database back, while all others go on")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="restore and recover beside, judge it, and throw it away")
    ] = False,
) -> None:
    """Bring PostgreSQL back from a backup and archived WAL.

    The cluster that is there is replaced only when the restored one has recovered; it is kept beside. Ends the
    services and empties their queues, dead letters apart; the last line says what comes next.

    With --only one database is copied out of the restored cluster, compared with it and put in the place of the one
    that is there, which is kept under another name. Ends that service alone; no queue is touched.
    """
    moment = to if to is None or to.tzinfo else to.replace(tzinfo=UTC)
    target = Target(moment, label)
    _run(_restore(target, dry_run=dry_run) if only is None else _restore_alone(target, only, dry_run=dry_run))


async def _take(kind: str, *, dry_run: bool) -> None:
    home = Home.from_environment()
    async with only_one(home):
        secrets = load_secrets(home)
        if dry_run:
            await running_postgres(home, secrets)
            console.print(
                "A full backup would be taken." if kind == "full" else "An incremental backup would be taken."
            )
            return
        reporter = ConsoleReporter(console)
        with reporter.showing():
            taken = await take_backup(home, secrets, kind, reporter)
    console.print(_table(taken.kept))


async def _list() -> None:
    home = Home.from_environment()
    program = await open_backups(home, load_secrets(home), start=False)
    catalogue = program.catalogue()
    console.print(_table(catalogue.backups))
    console.print(f"newest archived WAL segment: {catalogue.newest_segment or 'none'}", highlight=False)


async def _verify() -> None:
    home = Home.from_environment()
    program = await open_backups(home, load_secrets(home), start=False)
    reporter = ConsoleReporter(console)
    with reporter.showing(), reporter.step("Every file of the bucket"):
        faults = await asyncio.to_thread(program.faults)
    if faults:
        raise BackupDamaged("; ".join(faults))
    console.print("Every backup and every WAL segment is as it was written.")


async def _restore(target: Target, *, dry_run: bool) -> None:
    home = Home.from_environment()
    reporter = ConsoleReporter(console)
    async with only_one(home):
        with reporter.showing():
            secrets = load_secrets(home)
            restored = await restore(home, secrets, target, reporter, exchange=not dry_run)
            if not dry_run and (home.run / "rabbitmq").exists():
                with reporter.step("Queues emptied"):
                    await empty_queues(home, secrets)
    console.print(_sentence(restored, dry_run=dry_run), highlight=False, soft_wrap=True)


async def _restore_alone(target: Target, service: str, *, dry_run: bool) -> None:
    manifest = manifest_alone(service)
    home = Home.from_environment()
    reporter = ConsoleReporter(console)
    async with only_one(home):
        with reporter.showing():
            secrets = load_secrets(home)
            restored = await restore_alone(home, secrets, target, manifest, reporter, exchange=not dry_run)
    console.print(_sentence(restored, dry_run=dry_run), highlight=False, soft_wrap=True)


def _sentence(restored: Restored | RestoredAlone, *, dry_run: bool) -> str:
    last = restored.last_commit
    newest = f"the newest transaction is of {last.isoformat()}" if last else "no transaction after it"
    what = f"{restored.backup.label}, {newest}; {restored.extent}"
    if dry_run:
        return f"It can be restored: {what}. Nothing was changed."
    kept = f" What was there is kept in {restored.replaced}." if restored.replaced else ""
    since = (restored.last_commit or restored.backup.ended) - _RESEND_MARGIN
    return (
        f"Restored: {what}.{kept} Now `cartwheel-local up`, and then what consumers have forgotten: "
        f"`cartwheel-local run all resend --since {since:%Y-%m-%dT%H:%M:%S}`."
    )


def _table(backups: Sequence[Backup]) -> Table:
    table = Table(box=None)
    for title in ("backup", "kind", "ended", "took", "database", "stored"):
        table.add_column(title, no_wrap=True, overflow="fold")
    for one in backups:
        took = f"{(one.ended - one.started).total_seconds():.0f} s"
        ended = f"{one.ended:%Y-%m-%d %H:%M:%S}"
        table.add_row(one.label, one.kind, ended, took, decimal(one.database_bytes), decimal(one.stored_bytes))
    return table


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except LocalStackError as error:
        ConsoleReporter(Console(stderr=True)).failure(error)
        raise typer.Exit(1) from None
