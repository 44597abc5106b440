"""Timed jobs: due when they should be, and caught up when they could not be."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from servicekit.db import Database
from servicekit.jobs import runner as runner_module
from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.runner import JobRunner
from servicekit.testing import FixedClock, poll, wired
from servicekit.testing.databases import PoolSettings
from structlog.testing import capture_logs

from .counting import START, counting


async def test_a_job_by_seconds_runs_at_once_and_then_in_time(timed: Database, clock: FixedClock) -> None:
    """Not before its time has passed, whichever process asks."""
    runs: list[datetime] = []
    job = counting(runs, every=10)
    here, elsewhere = JobRunner(timed, [job]), JobRunner(timed, [job])

    assert await here.run_if_due(job, START) == START + timedelta(seconds=10)
    clock.advance(timedelta(seconds=9))
    assert await elsewhere.run_if_due(job, START) == START + timedelta(seconds=10)
    clock.advance(timedelta(seconds=1))
    await elsewhere.run_if_due(job, START)

    assert runs == [START, START + timedelta(seconds=10)]


async def test_a_nightly_job_waits_for_its_night_and_is_caught_up_once(timed: Database, clock: FixedClock) -> None:
    """A new job does not run on deployment; one that slept through three nights runs once."""
    runs: list[datetime] = []
    job = counting(runs, cron="0 3 * * *")
    runner = JobRunner(timed, [job])

    assert await runner.run_if_due(job, START) == datetime(2026, 1, 6, 3, tzinfo=UTC)
    clock.advance(timedelta(days=3))
    await runner.run_if_due(job, START)
    await runner.run_if_due(job, START)

    assert runs == [START + timedelta(days=3)]


async def test_a_clock_that_is_ahead_delays_no_timer(database_url: str, timed: Database, clock: FixedClock) -> None:
    """A process an hour ahead runs a job; the others do so again in their own time, not an hour later."""
    runs: list[datetime] = []
    job = counting(runs, every=10)
    ahead = await Database.open(
        PoolSettings(database_url), service="notes", clock=FixedClock(START + timedelta(hours=1))
    )
    await JobRunner(ahead, [job]).run_if_due(job, START)
    here = JobRunner(timed, [job])

    assert await here.run_if_due(job, START) == START + timedelta(seconds=10)
    clock.advance(timedelta(seconds=10))
    await here.run_if_due(job, START)

    assert runs == [START + timedelta(hours=1), START + timedelta(seconds=10)]
    await ahead.close()


async def test_a_timer_asks_again_before_a_long_sleep_is_over(
    timed: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that was put right, or another process that died, is noticed within a minute."""
    monkeypatch.setattr(runner_module, "LONGEST_SLEEP_SECONDS", 0.05)
    runs: list[datetime] = []
    job = counting(runs, cron="0 3 * * *")
    runner, stop = WatchedRunner(timed, [job]), asyncio.Event()
    schedule = asyncio.create_task(runner.run_on_schedule(stop))
    await runner.checked.wait()

    clock.advance(timedelta(days=1))
    await poll(lambda: count_of(runs))

    stop.set()
    await schedule
    assert runs == [START + timedelta(days=1)]


class WatchedRunner(JobRunner):
    """Lets a test wait until a timer has checked, and sleeps."""

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        super().__init__(database, jobs)
        self.checked = asyncio.Event()

    async def run_if_due(self, job: Job, since: datetime) -> datetime:
        """Note that it was checked."""
        due = await super().run_if_due(job, since)
        self.checked.set()
        return due


async def count_of(runs: list[datetime]) -> int:
    """How often a job ran."""
    return len(runs)


async def test_a_nightly_run_that_fell_into_an_outage_is_caught_up_once(database_url: str) -> None:
    """The database is away at three and back at four: the run is late, not left out."""
    runs: list[datetime] = []
    three = datetime(2026, 1, 6, 3, tzinfo=UTC)
    job, clock, stop = counting(runs, cron="0 3 * * *"), FixedClock(three - timedelta(seconds=0.1)), asyncio.Event()
    async with wired(database_url) as (wire, url):
        away = await Database.open(PoolSettings(url), service="notes", clock=clock)
        runner = JobRunner(away, [job])
        with capture_logs() as logs:
            schedule = asyncio.create_task(runner.run_on_schedule(stop))
            await asyncio.sleep(0)
            wire.cut()
            clock.advance(timedelta(hours=1))
            await poll(lambda: failures_in(logs))
        wire.mend()

        await poll(lambda: count_of(runs))
        assert await runner.run_if_due(job, clock.now()) == three + timedelta(days=1)

        stop.set()
        await schedule
        await away.close()
    assert runs == [clock.now()]


async def failures_in(logs: Sequence[Mapping[str, object]]) -> bool:
    """Whether a job is known to have failed."""
    return any(line["event"] == "job_failed" for line in logs)


async def test_the_schedule_runs_until_stopped(database: Database) -> None:
    """By the machine's clock; a job that fails runs again, and the others are not disturbed."""
    runs: list[datetime] = []

    async def fail(context: JobContext) -> int:
        raise RuntimeError("always")

    other, failing = counting(runs, every=0.05), Job(f"fail-{uuid4().hex[:8]}", fail, every=0.05)
    runner, stop = JobRunner(database, [other, failing]), asyncio.Event()
    schedule = asyncio.create_task(runner.run_on_schedule(stop))

    async def failures() -> int:
        run = (await runner.last_runs()).get(failing.name)
        return run.failures if run else 0

    await poll(failures, lambda count: count >= 2)
    stop.set()
    await schedule
    assert len(runs) > 2


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [({}, "either"), ({"every": 1, "cron": "0 3 * * *"}, "either"), ({"cron": "at three"}, "unreadable")],
)
def test_a_job_needs_one_readable_schedule(schedule: dict[str, float | str], reason: str) -> None:
    """A mistake shows when the service starts, not at night."""
    with pytest.raises(ValueError, match=reason):
        counting([], **schedule)
