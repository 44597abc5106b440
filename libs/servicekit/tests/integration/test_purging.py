"""What is past its time is deleted in batches, and nothing else (operations.md, "Jobs")."""

from datetime import timedelta
from uuid import UUID

import pytest
from servicekit.db import Database, SystemUnit
from servicekit.ids import new_id
from servicekit.jobs import purging
from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.maintenance import maintenance_jobs
from servicekit.jobs.purging import purge_oldest

ROWS = {
    "PurgeOutbox": (
        "INSERT INTO outbox (event_id, company_id, aggregate_type, aggregate_id, aggregate_version, type, dataschema,"
        " routing_key, data, occurred_at, published_at)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'note', gen_random_uuid(), 1, 't', 's', 'k', '{}', $1, $1)"
    ),
    "PurgeInbox": "INSERT INTO inbox (consumer, event_id, received_at) VALUES ('purged', gen_random_uuid(), $1)",
    "PurgeInboxCursors": (
        "INSERT INTO inbox_cursor (consumer, aggregate_id, last_version, applied_at)"
        " VALUES ('purged', gen_random_uuid(), 1, $1)"
    ),
    "PurgeIdempotencyKeys": (
        "INSERT INTO idempotency_keys (company_id, identity, key, request_hash, created_at)"
        " VALUES (gen_random_uuid(), 'ada', 'key', '', $1)"
    ),
}
"""The job, and a row of its table by the time that counts."""
KEPT = {"PurgeOutbox": 7, "PurgeInbox": 30, "PurgeInboxCursors": 30, "PurgeIdempotencyKeys": 1}
"""In days."""


def job_named(name: str) -> Job:
    """One of the chassis' jobs."""
    return next(job for job in maintenance_jobs() if job.name == name)


@pytest.mark.parametrize("name", ROWS)
async def test_old_rows_go_and_young_ones_stay(database: Database, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Five old ones in batches of two; a dry run counts them, and a second run finds none."""
    monkeypatch.setattr(purging, "BATCH", 2)
    job, context = job_named(name), JobContext(database, database.clock)
    kept = timedelta(days=KEPT[name])
    await job.run(context)
    async with database.system_unit() as unit:
        for age in [kept + timedelta(minutes=1)] * 5 + [kept - timedelta(minutes=1)]:
            await unit.execute(ROWS[name], unit.now - age)

    would = await job.run(JobContext(database, database.clock, dry_run=True))
    did = await job.run(context)
    again = await job.run(context)

    assert (would, did, again) == (5, 5, 0)
    async with database.system_unit() as unit:
        table = ROWS[name].split()[2]
        assert await unit.fetchval(f"SELECT count(*) FROM {table}") == 1


async def test_the_oldest_go_with_their_parts(database: Database) -> None:
    """In the order of their ids, past those that stay, and no further than what is old; each batch is a transaction."""
    async with database.system_unit() as unit:
        await unit.execute("CREATE TABLE posts (company_id uuid, id uuid, created_at timestamptz, pinned boolean)")
        await unit.execute("CREATE TABLE replies (company_id uuid, post_id uuid)")
        old = [await add_post(unit, timedelta(days=9), pinned=number == 1) for number in range(5)]
        young = await add_post(unit, timedelta(days=7))
    run = purge_oldest("posts", timedelta(days=8), parts={"replies": "post_id"}, unless="pinned", batch=2)

    would = await run(JobContext(database, database.clock, dry_run=True))
    did = await run(JobContext(database, database.clock))
    again = await run(JobContext(database, database.clock))

    async with database.system_unit() as unit:
        posts = {row["id"] for row in await unit.fetch("SELECT id FROM posts")}
        replies = {row["post_id"] for row in await unit.fetch("SELECT post_id FROM replies")}
    assert (would, did, again) == (4, 4, 0)
    assert posts == replies == {old[1], young}


async def add_post(unit: SystemUnit, age: timedelta, *, pinned: bool = False) -> UUID:
    """A post of this age that has a reply."""
    company_id, post_id = new_id(), new_id()
    await unit.execute("INSERT INTO posts VALUES ($1, $2, $3, $4)", company_id, post_id, unit.now - age, pinned)
    await unit.execute("INSERT INTO replies VALUES ($1, $2)", company_id, post_id)
    return post_id
