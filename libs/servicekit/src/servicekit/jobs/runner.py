"""Running jobs, by time or by hand: one runner at a time over all processes of a service.

A job that came due while no process was there, while the database was away or while it was paused, is caught up once.
Processes may have clocks that differ: a run that another's clock dates in the future delays nobody's timers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from time import perf_counter

import structlog

from servicekit.db import Database
from servicekit.db.database import is_unavailable
from servicekit.jobs import metrics, pauses, runs
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.runs import JobRun, Standing
from servicekit.observability import error_tracking
from servicekit.observability.error_line import error_line
from servicekit.shutdown import wait_for

log = structlog.get_logger()

LONGEST_SLEEP_SECONDS = 60.0
"""How long a job's timer sleeps before it asks again: whatever made it wait may not hold any more."""
_TROUBLE_SECONDS = 1.0


class UnknownJob(Exception):
    """The service has no job of this name."""


class JobIsRunning(Exception):
    """Some process runs the job right now."""


class JobRunner:
    """Runs a service's jobs, and keeps how they went."""

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        self._database = database
        self._jobs = {job.name: job for job in jobs}
        names = [name for job in jobs for name in (job.name, *job.aliases)]
        if len(set(names)) < len(names):
            raise ValueError("two jobs have one name")
        self._aliases = {alias: job.name for job in jobs for alias in job.aliases}
        self._paused: set[str] = set()
        self._from_future: dict[str, tuple[datetime, datetime]] = {}
        self._failing: set[str] = set()

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    async def last_runs(self) -> dict[str, JobRun]:
        """The last run of each job that ever ran, by its name; dry runs are not kept."""
        async with self._database.system_unit() as unit:
            return {name: run for name, run in (await runs.last_runs(unit)).items() if name in self._jobs}

    @property
    def paused_jobs(self) -> Sequence[str]:
        """The jobs that this process has last seen paused."""
        return sorted(self._paused)

    async def pauses(self) -> dict[str, datetime]:
        """Since when each job rests that does, by its name."""
        async with self._database.system_unit() as unit:
            paused = await pauses.paused(unit)
        since = {job.name: paused.get(job.name) or paused.get(job.sweep_of or job.name) for job in self}
        return {name: moment for name, moment in since.items() if moment is not None}

    async def pause(self, name: str) -> None:
        """Let a job rest in every process until it is resumed; raises UnknownJob.

        A run in hand is finished, and a run by hand is made regardless. Idempotent.
        """
        name = self._name_of(name)
        async with self._database.system_unit() as unit:
            await pauses.pause(unit, name, self._database.clock.now())
        log.info("job_paused", job=name)

    async def resume(self, name: str) -> None:
        """Let a paused job run again, at once if it came due meanwhile; raises UnknownJob. Idempotent."""
        name = self._name_of(name)
        async with self._database.system_unit() as unit:
            await pauses.resume(unit, name)
        log.info("job_resumed", job=name)

    async def run(
        self, name: str, *, dry_run: bool = False, before: Callable[[], Awaitable[None]] | None = None
    ) -> JobResult:
        """Run a job now, after `before`; raises UnknownJob, JobIsRunning, or what `before` or the job raises."""
        name = self._name_of(name)
        async with self._database.exclusive(f"job:{name}") as mine:
            if not mine:
                raise JobIsRunning(name)
            if before is not None:
                await before()
            return await self._run(self._jobs[name], dry_run=dry_run)

    def _name_of(self, name: str) -> str:
        """The name of the job that is called so; raises UnknownJob."""
        name = self._aliases.get(name, name)
        if name not in self._jobs:
            raise UnknownJob(name)
        return name

    async def run_on_schedule(self, stop: asyncio.Event) -> None:
        """Run every job whenever it is due, until `stop` is set; a run in hand is finished."""
        since = self._database.clock.now()
        async with asyncio.TaskGroup() as group:
            for job in self:
                metrics.begin(job.name)
                group.create_task(self._keep(job, since, stop))

    async def _keep(self, job: Job, since: datetime, stop: asyncio.Event) -> None:
        due = since
        while not await wait_for(stop, self._sleep(due)):
            try:
                due = await self.run_if_due(job, since)
            except Exception as error:  # the run is recorded as failed, or the database is away: it is asked again
                log.warning("job_failed", job=job.name, error=error_line(error))
                self._report(job.name, error)
                await wait_for(stop, _TROUBLE_SECONDS)
                due = self._database.clock.now()

    def _report(self, job: str, error: Exception) -> None:
        """Report a job's first failure, and no more before a run of it went well; an absent database is no fault."""
        if job not in self._failing and not is_unavailable(error):
            self._failing.add(job)
            error_tracking.report(error, job)

    def _sleep(self, due: datetime) -> float:
        return min(max(0.0, (due - self._database.clock.now()).total_seconds()), LONGEST_SLEEP_SECONDS)

    async def run_if_due(self, job: Job, since: datetime) -> datetime:
        """Run a job if it is due, not paused, and no other process is at it; return when to ask again.

        A job that never ran is due at once if it runs every so many seconds, else at its next time after `since`.
        """
        async with self._database.exclusive(f"job:{job.name}") as mine:
            if mine:
                standing = await self._standing(job)
                due = self._due(job, standing.began, since)
                if not standing.is_paused:
                    if due > self._database.clock.now():
                        return due
                    await self._run(job, dry_run=False)
        return job.due_after(self._database.clock.now())

    async def _standing(self, job: Job) -> Standing:
        async with self._database.system_unit() as unit:
            standing = await runs.standing(unit, job.name, job.sweep_of)
        (self._paused.add if standing.is_paused else self._paused.discard)(job.name)
        metrics.PAUSED.labels(job.name).set(standing.is_paused)
        return standing

    def _due(self, job: Job, began: datetime | None, since: datetime) -> datetime:
        if began is not None:
            return job.due_after(self._not_in_future(job, began))
        return since if job.every is not None else job.due_after(since)

    def _not_in_future(self, job: Job, began: datetime) -> datetime:
        """When a run began; one that another's clock dates in the future, when it was first seen here."""
        now = self._database.clock.now()
        if began <= now:
            return began
        run, seen = self._from_future.get(job.name, (None, now))
        if run != began:
            seen = now
        self._from_future[job.name] = (began, seen)
        return seen

    async def _run(self, job: Job, *, dry_run: bool) -> JobResult:
        """Run a job and record how that went. A run that is cut off is no run, as one that was killed: it is due."""
        began, started = self._database.clock.now(), perf_counter()
        try:
            answer = await job.run(JobContext(self._database, self._database.clock, dry_run))
        except asyncio.CancelledError:
            log.warning("job_cut_off", job=job.name)
            raise
        except Exception as error:
            if not dry_run:
                await self._record(job, began, perf_counter() - started, JobResult(0), error)
            raise
        result = JobResult(answer) if isinstance(answer, int) else answer
        self._failing.discard(job.name)
        if not dry_run:
            await self._record(job, began, perf_counter() - started, result, None)
        return result

    async def _record(
        self, job: Job, began: datetime, seconds: float, result: JobResult, failure: Exception | None
    ) -> None:
        error = error_line(failure) if failure else None
        count = None if failure else result.count
        finished = self._database.clock.now()
        async with self._database.system_unit() as unit:
            await runs.record(unit, JobRun(job.name, began, finished, seconds, count, result.details, error))
        metrics.RUNS.labels(job.name, "failed" if failure else "done").inc()
        metrics.ITEMS.labels(job.name).inc(result.count)
        metrics.DURATION.labels(job.name).observe(seconds)
        if result.count:
            log.info("job_done", job=job.name, count=result.count, seconds=round(seconds, 3))
