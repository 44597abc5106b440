"""A job rests until it is resumed, with its sweep and under each of its names."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from servicekit.db import Database
from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.runner import JobRunner, UnknownJob
from servicekit.testing import FixedClock

from .counting import START, counting


async def test_a_paused_job_rests_in_every_process_and_is_caught_up_once(timed: Database, clock: FixedClock) -> None:
    """Until it is resumed; a run by hand is made regardless, and the other jobs go on."""
    runs: list[datetime] = []
    job, other = counting(runs, every=10), counting([], every=10)
    here, elsewhere = JobRunner(timed, [job, other]), JobRunner(timed, [job, other])

    await here.pause(job.name)
    await here.pause(job.name)
    assert await elsewhere.run_if_due(job, START) == START + timedelta(seconds=10)
    assert (elsewhere.paused_jobs, runs) == ([job.name], [])
    assert await here.pauses() == {job.name: START}
    clock.advance(timedelta(hours=1))
    await elsewhere.run(job.name)
    clock.advance(timedelta(hours=1))
    await here.resume(job.name)
    await here.resume(job.name)
    await elsewhere.run_if_due(job, START)

    assert runs == [START + timedelta(hours=1), START + timedelta(hours=2)]
    assert (elsewhere.paused_jobs, await here.pauses()) == ([], {})


async def test_a_sweep_rests_with_its_job(timed: Database, clock: FixedClock) -> None:
    """Who pauses a job means what it does, not one of its two timers; the list says so of both."""
    runs: list[datetime] = []
    job = counting([], every=1)
    sweep = replace(counting(runs, every=10), sweep_of=job.name)
    runner = JobRunner(timed, [job, sweep])

    await runner.pause(job.name)
    await runner.run_if_due(sweep, START)
    resting, at_rest = list(runs), await runner.pauses()
    await runner.resume(job.name)
    await runner.run_if_due(sweep, START)

    assert (resting, at_rest) == ([], {job.name: START, sweep.name: START})
    assert runs == [START]


async def test_a_sweep_goes_on_beside_a_run_that_hangs(timed: Database) -> None:
    """It does the same under a lock of its own."""
    begun, released = asyncio.Event(), asyncio.Event()

    async def hang(_: JobContext) -> int:
        begun.set()
        await released.wait()
        return 0

    runs: list[datetime] = []
    job = Job(f"hang-{uuid4().hex[:8]}", hang, every=1)
    sweep = replace(counting(runs, every=10), sweep_of=job.name)
    runner = JobRunner(timed, [job, sweep])
    hanging = asyncio.create_task(runner.run(job.name))
    await begun.wait()

    await runner.run_if_due(sweep, START)
    released.set()
    await hanging

    assert runs == [START]


async def test_a_job_is_known_by_its_other_names_too(timed: Database) -> None:
    """It is run and paused under its own; two jobs that share one are a mistake."""
    runs: list[datetime] = []
    job = replace(counting(runs, every=1), aliases=("countThings",))
    runner = JobRunner(timed, [job])

    await runner.run("countThings")
    await runner.pause("countThings")

    assert len(runs) == 1
    assert set(await runner.last_runs()) == set(await runner.pauses()) == {job.name}
    with pytest.raises(ValueError, match="one name"):
        JobRunner(timed, [job, replace(counting([], every=1), aliases=("countThings",))])


@pytest.mark.parametrize("change", [JobRunner.pause, JobRunner.resume])
async def test_only_a_job_of_the_service_is_paused(
    timed: Database, change: Callable[[JobRunner, str], Awaitable[None]]
) -> None:
    """A slip of the pen leaves nothing behind that nobody would find."""
    runner = JobRunner(timed, [])

    with pytest.raises(UnknownJob):
        await change(runner, "Cleanup")
    async with timed.system_unit() as unit:
        assert await unit.fetchval("SELECT count(*) FROM job_pauses WHERE name = 'Cleanup'") == 0
