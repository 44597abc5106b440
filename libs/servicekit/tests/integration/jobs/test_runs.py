"""Runs of jobs: by one process at a time, remembered, measured."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.maintenance import INBOX_KEPT, purge
from servicekit.jobs.runner import JobIsRunning, JobRunner, UnknownJob
from servicekit.testing import FixedClock, poll
from servicekit.testing.databases import PoolSettings

from .counting import START, counting


async def test_a_job_has_one_runner_at_a_time(timed: Database) -> None:
    """A second process, or a person with a command line, finds that it runs."""
    begun, finish = asyncio.Event(), asyncio.Event()

    async def run(context: JobContext) -> int:
        begun.set()
        await finish.wait()
        return 1

    job = Job("slow", run, every=1)
    first = asyncio.create_task(JobRunner(timed, [job]).run("slow"))
    await begun.wait()

    with pytest.raises(JobIsRunning):
        await JobRunner(timed, [job]).run("slow")
    assert await JobRunner(timed, [job]).run_if_due(job, START) == START + timedelta(seconds=1)
    finish.set()
    assert await first == JobResult(1)


async def test_the_last_run_is_remembered_with_its_counts(timed: Database, clock: FixedClock) -> None:
    """Also a failed one, with its reason; the next one replaces it and the totals go on."""
    outcomes: list[JobResult | Exception] = [JobResult(3, {"kept": 2}), RuntimeError("no disk")]

    async def run(context: JobContext) -> JobResult:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    runner = JobRunner(timed, [Job("remembered", run, every=60)])
    await runner.run("remembered")
    done = (await runner.last_runs())["remembered"]
    with pytest.raises(RuntimeError, match="no disk"):
        await runner.run("remembered")
    failed = (await runner.last_runs())["remembered"]

    assert (done.count, done.details, done.error, done.runs, done.failures) == (3, {"kept": 2}, None, 1, 0)
    assert (failed.count, failed.error, failed.runs, failed.failures) == (None, "RuntimeError: no disk", 2, 1)


async def test_a_run_that_is_cut_off_is_not_a_run(timed: Database) -> None:
    """A process that ends in the middle of a job leaves it due, as one that is killed does, and not done."""
    begun = asyncio.Event()

    async def run(context: JobContext) -> int:
        begun.set()
        await asyncio.Event().wait()
        return 1

    runner = JobRunner(timed, [Job("cut off", run, cron="0 5 * * 0")])
    running = asyncio.create_task(runner.run("cut off"))
    await begun.wait()

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert "cut off" not in await runner.last_runs()


async def test_a_dry_run_is_not_a_run(timed: Database) -> None:
    """It says what would be done, and leaves the schedule alone."""

    async def run(context: JobContext) -> int:
        return 7 if context.dry_run else 0

    job = Job("dry", run, every=60)
    runner = JobRunner(timed, [job])

    assert await runner.run("dry", dry_run=True) == JobResult(7)
    assert "dry" not in await runner.last_runs()


async def test_more_jobs_than_connections_all_run(database_url: str) -> None:
    """A job holds one connection and works with another; together they must not wait for each other."""
    small = await Database.open(PoolSettings(database_url, db_pool_size=4, db_pool_timeout_seconds=2), service="notes")

    async def run(context: JobContext) -> int:
        async with context.database.system_unit() as unit:
            return int(await unit.fetchval("SELECT 1"))

    jobs = [Job(f"crowd-{number}", run, every=60) for number in range(12)]
    runner = JobRunner(small, jobs)

    results = await asyncio.gather(*(runner.run(job.name) for job in jobs))

    assert results == [JobResult(1)] * 12
    await small.close()


async def test_an_unknown_job_is_refused(timed: Database) -> None:
    """A slip of the pen on the command line runs nothing."""
    with pytest.raises(UnknownJob):
        await JobRunner(timed, []).run("Cleanup")


async def test_old_rows_are_purged_and_young_ones_kept(timed: Database, clock: FixedClock, company_id: UUID) -> None:
    """The inbox forgets after 30 days, not before; a dry run counts and forgets nothing."""
    consumer = f"purge-{company_id}"
    async with timed.system_unit() as unit:
        for days in (29, 31, 40):
            await unit.execute(
                "INSERT INTO inbox VALUES ($1, $2, $3)", consumer, new_id(), clock.now() - timedelta(days=days)
            )
    job = purge("inbox", "received_at", INBOX_KEPT)

    assert await job(JobContext(timed, clock, dry_run=True)) == 2
    assert await job(JobContext(timed, clock)) == 2
    async with timed.system_unit() as unit:
        assert await unit.fetchval("SELECT count(*) FROM inbox WHERE consumer = $1", consumer) == 1


async def test_a_first_failure_is_an_increase(database: Database) -> None:
    """A nightly job that fails has a series that was 0 before: an alert on its increase would else miss the first."""
    job = counting([], cron="0 3 * * *")
    stop = asyncio.Event()
    running = asyncio.create_task(JobRunner(database, [job]).run_on_schedule(stop))

    async def failures() -> float | None:
        return REGISTRY.get_sample_value("job_runs_total", {"job": job.name, "outcome": "failed"})

    found = await poll(failures, lambda value: value is not None)
    stop.set()
    await running

    assert found == 0
