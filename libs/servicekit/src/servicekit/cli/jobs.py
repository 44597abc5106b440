"""`python -m <service> jobs`: the timed jobs, by hand."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.table import Table

from servicekit.cli.table import show_table
from servicekit.jobs.job import JobResult
from servicekit.jobs.runner import JobIsRunning, JobRunner, UnknownJob
from servicekit.jobs.runs import JobRun
from servicekit.process.startup import running_kit
from servicekit.roles.service import AnyService
from servicekit.settings import load

_TIME = "%Y-%m-%d %H:%M:%S"


def job_commands(service: AnyService) -> typer.Typer:
    """list, run, pause and resume."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("list")
    def list_jobs() -> None:
        """Every job with its schedule, whether it is paused, and its last run."""
        show_table(asyncio.run(_table(service)))

    @commands.command()
    def run(
        name: Annotated[str, typer.Argument(help="The job's name.")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be done, change nothing.")] = False,
    ) -> None:
        """Run a job now, whatever its schedule says."""
        try:
            result = asyncio.run(_run(service, name, dry_run=dry_run))
        except UnknownJob:
            raise typer.BadParameter(f"{service.name} has no job {name}") from None
        except JobIsRunning:
            typer.echo(f"{name} is running in another process", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{name}: {result.count}{' (dry run)' if dry_run else ''}{details_of(result)}")

    @commands.command()
    def pause(name: Annotated[str, typer.Argument(help="The job's name.")]) -> None:
        """Let a job rest in every process until it is resumed; a run in hand is finished. Idempotent."""
        _change_pause(service, name, JobRunner.pause)
        typer.echo(f"{name}: paused; `jobs run {name}` still runs it by hand")

    @commands.command()
    def resume(name: Annotated[str, typer.Argument(help="The job's name.")]) -> None:
        """Let a paused job run by its schedule again, at once if it came due meanwhile. Idempotent."""
        _change_pause(service, name, JobRunner.resume)
        typer.echo(f"{name}: runs by its schedule")

    return commands


def _change_pause(service: AnyService, name: str, change: Callable[[JobRunner, str], Awaitable[None]]) -> None:
    async def apply() -> None:
        async with _running(service) as jobs:
            await change(jobs, name)

    try:
        asyncio.run(apply())
    except UnknownJob:
        raise typer.BadParameter(f"{service.name} has no job {name}") from None


@asynccontextmanager
async def _running(service: AnyService) -> AsyncGenerator[JobRunner]:
    async with (
        running_kit(service.name, load(service.settings)) as bare,
        service.complete(bare) as kit,
    ):
        yield service.job_runner(kit)


async def _run(service: AnyService, name: str, *, dry_run: bool) -> JobResult:
    async with _running(service) as jobs:
        return await jobs.run(name, dry_run=dry_run)


async def _table(service: AnyService) -> Table:
    table = Table("job", "schedule", "paused since", "last run", "seconds", "count", "runs", "failures", "error")
    async with _running(service) as jobs:
        last, pauses = await jobs.last_runs(), await jobs.pauses()
        for job in jobs:
            paused = f"{pauses[job.name]:{_TIME}}" if job.name in pauses else ""
            table.add_row(job.name, job.schedule, paused, *(_cells(last[job.name]) if job.name in last else ()))
    return table


def details_of(result: JobResult) -> str:
    """What else the run says, for a person to read."""
    said = [f"{name} {_text(value)}" for name, value in result.details.items() if value not in ([], {})]
    return f" ({'; '.join(said)})" if said else ""


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cells(run: JobRun) -> tuple[str, ...]:
    seconds = f"{run.duration_seconds:.2f}" if run.duration_seconds is not None else ""
    count = str(run.count) if run.count is not None else ""
    return f"{run.started_at:{_TIME}}", seconds, count, str(run.runs), str(run.failures), run.error or ""
