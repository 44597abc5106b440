"""Running jobs, by time or by hand: one runner at a time over all processes of a service.

A job that came due while no process was there is caught up once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import perf_counter

import structlog

from servicekit.db import Database
from servicekit.jobs import metrics, runs
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.runs import JobRun
from servicekit.observability.error_line import error_line
from servicekit.shutdown import wait_for

log = structlog.get_logger()

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
        if len(self._jobs) < len(jobs):
            raise ValueError("two jobs have one name")

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    async def last_runs(self) -> dict[str, JobRun]:
        """The last run of each job that ever ran, by its name; dry runs are not kept."""
        async with self._database.system_unit() as unit:
            return {name: run for name, run in (await runs.last_runs(unit)).items() if name in self._jobs}

    async def run(self, name: str, *, dry_run: bool = False) -> JobResult:
        """Run a job now; raises UnknownJob, JobIsRunning, or what the job itself raises."""
        if name not in self._jobs:
            raise UnknownJob(name)
        async with self._database.exclusive(f"job:{name}") as mine:
            if not mine:
                raise JobIsRunning(name)
            return await self._run(self._jobs[name], dry_run=dry_run)

    async def run_on_schedule(self, stop: asyncio.Event) -> None:
        """Run every job whenever it is due, until `stop` is set; a run in hand is finished."""
        async with asyncio.TaskGroup() as group:
            for job in self:
                group.create_task(self._keep(job, stop))

    async def _keep(self, job: Job, stop: asyncio.Event) -> None:
        since = due = self._database.clock.now()
        while not await wait_for(stop, max(0.0, (due - self._database.clock.now()).total_seconds())):
            try:
                due = await self.run_if_due(job, since)
            except Exception as error:  # the run is recorded as failed, or the database is away; the next may succeed
                log.warning("job_failed", job=job.name, error=error_line(error))
                await wait_for(stop, _TROUBLE_SECONDS)
                due = job.due_after(self._database.clock.now())

    async def run_if_due(self, job: Job, since: datetime) -> datetime:
        """Run a job if it is due and no other process is at it; return when to ask again.

        A job that never ran is due at once if it runs every so many seconds, else at its next time after `since`.
        """
        async with self._database.exclusive(f"job:{job.name}") as mine:
            if mine:
                due = await self._due(job, since)
                if due > self._database.clock.now():
                    return due
                await self._run(job, dry_run=False)
        return job.due_after(self._database.clock.now())

    async def _due(self, job: Job, since: datetime) -> datetime:
        async with self._database.system_unit() as unit:
            began = await runs.last_began(unit, job.name)
        if began is not None:
            return job.due_after(began)
        return since if job.every is not None else job.due_after(since)

    async def _run(self, job: Job, *, dry_run: bool) -> JobResult:
        began, started = self._database.clock.now(), perf_counter()
        result, failure = JobResult(0), None
        try:
            answer = await job.run(JobContext(self._database, self._database.clock, dry_run))
            result = JobResult(answer) if isinstance(answer, int) else answer
        except Exception as error:
            failure = error
            raise
        finally:
            if not dry_run:
                await self._record(job, began, perf_counter() - started, result, failure)
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
