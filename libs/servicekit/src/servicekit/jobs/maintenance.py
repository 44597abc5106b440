"""Jobs that every service has: what messaging and idempotency leave behind is removed in time (messaging.md).

Inbox rows stay longer than anything may be delivered: a dead letter can be replayed for 14 days.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from servicekit.db.connections import connect
from servicekit.db.idempotency_keys import LIFETIME
from servicekit.jobs.job import Job, JobContext

OUTBOX_KEPT = timedelta(days=7)
INBOX_KEPT = timedelta(days=30)
AUDIT_KEPT = timedelta(days=731)
"""Two years, of which one may be a leap year: the table itself refuses to lose what is younger."""
BATCH = 5_000
_PURGE_SECONDS = 300.0
_VACUUM_TIMEOUT_SECONDS = 3600.0

Run = Callable[[JobContext], Awaitable[int]]


def maintenance_jobs() -> Sequence[Job]:
    """The chassis' own jobs, to be run beside a service's."""
    return (
        Job("PurgeOutbox", purge("outbox", "published_at", OUTBOX_KEPT), every=_PURGE_SECONDS),
        Job("PurgeInbox", purge("inbox", "received_at", INBOX_KEPT), every=_PURGE_SECONDS),
        Job(
            "PurgeIdempotencyKeys",
            purge("idempotency_keys", "created_at", LIFETIME),
            every=_PURGE_SECONDS,
        ),
        Job("PurgeAuditLog", purge("audit_log", "at", AUDIT_KEPT), cron="40 3 * * *"),
        Job("vacuumAnalyze", vacuum, cron="0 5 * * 0"),
    )


def purge(table: str, column: str, kept: timedelta) -> Run:
    """A job that deletes the rows of a table whose time in `column` is longer past than `kept`, a batch at a time."""

    async def run(context: JobContext) -> int:
        before = context.clock.now() - kept
        if context.dry_run:
            async with context.database.system_unit() as unit:
                return int(await unit.fetchval(f"SELECT count(*) FROM {table} WHERE {column} < $1", before))
        total, deleted = 0, BATCH
        while deleted == BATCH:
            async with context.database.system_unit() as unit:
                deleted = len(await unit.fetch(_purge_sql(table, column), before))
            total += deleted
        return total

    return run


def _purge_sql(table: str, column: str) -> str:
    return (
        f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} < $1 LIMIT {BATCH}))"
        " RETURNING 1"
    )


async def vacuum(context: JobContext) -> int:
    """Reclaim space and refresh the planner's statistics of the service's tables; counts the tables."""
    connection = await connect(context.database.direct_url)  # VACUUM refuses to run inside a transaction
    try:
        tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        if not context.dry_run:
            await connection.execute("VACUUM (ANALYZE)", timeout=_VACUUM_TIMEOUT_SECONDS)
        return int(tables)
    finally:
        await connection.close()
