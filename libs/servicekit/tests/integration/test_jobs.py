"""Timed jobs: due when they should be, run by one process at a time, remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.jobs import runner as runner_module
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.jobs.maintenance import INBOX_KEPT, purge
from servicekit.jobs.runner import JobIsRunning, JobRunner, UnknownJob
from servicekit.testing import FixedClock, poll, wired
from servicekit.testing.databases import PoolSettings
from structlog.testing import capture_logs

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """The time on a Monday at noon."""
    return FixedClock(START)


@pytest.fixture
async def timed(database_url: str, clock: FixedClock) -> Database:
    """The database as processes see it whose clock the test holds."""
    return await Database.open(PoolSettings(database_url), service="notes", clock=clock)


def counting(runs: list[datetime], **schedule: float | str) -> Job:
    """A job that notes when it ran; its name is its own, so its record is too."""

    async def run(context: JobContext) -> int:
        runs.append(context.clock.now())
        return len(runs)

    return Job(f"count-{uuid4().hex[:8]}", run, **schedule)  # type: ignore[arg-type]  # every or cron


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


async def test_a_dry_run_is_not_a_run(timed: Database) -> None:
    """It says what would be done, and leaves the schedule alone."""

    async def run(context: JobContext) -> int:
        return 7 if context.dry_run else 0

    job = Job("dry", run, every=60)
    runner = JobRunner(timed, [job])

    assert await runner.run("dry", dry_run=True) == JobResult(7)
    assert "dry" not in await runner.last_runs()


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


async def test_an_unknown_job_is_refused(timed: Database) -> None:
    """A slip of the pen on the command line runs nothing."""
    with pytest.raises(UnknownJob):
        await JobRunner(timed, []).run("Cleanup")


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [({}, "either"), ({"every": 1, "cron": "0 3 * * *"}, "either"), ({"cron": "at three"}, "unreadable")],
)
def test_a_job_needs_one_readable_schedule(schedule: dict[str, float | str], reason: str) -> None:
    """A mistake shows when the service starts, not at night."""
    with pytest.raises(ValueError, match=reason):
        counting([], **schedule)


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
