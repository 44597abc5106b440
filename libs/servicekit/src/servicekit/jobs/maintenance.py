"""Jobs that every service has: what messaging and idempotency leave behind is removed in time (messaging.md).

Inbox rows stay longer than anything may be delivered: a dead letter can be replayed for 14 days.
"""

from collections.abc import Sequence
from datetime import timedelta

from servicekit.db.connections import connect
from servicekit.db.idempotency_keys import LIFETIME
from servicekit.jobs.job import Job, JobContext
from servicekit.jobs.purging import purge

OUTBOX_KEPT = timedelta(days=7)
INBOX_KEPT = timedelta(days=30)
AUDIT_KEPT = timedelta(days=731)
"""Two years, of which one may be a leap year: the table itself refuses to lose what is younger."""
_PURGE_SECONDS = 300.0
_VACUUM_TIMEOUT_SECONDS = 3600.0


def maintenance_jobs() -> Sequence[Job]:
    """The chassis' own jobs, to be run beside a service's."""
    return (
        Job("PurgeOutbox", purge("outbox", "published_at", OUTBOX_KEPT), every=_PURGE_SECONDS),
        Job("PurgeInbox", purge("inbox", "received_at", INBOX_KEPT), every=_PURGE_SECONDS),
        Job("PurgeInboxCursors", purge("inbox_cursor", "applied_at", INBOX_KEPT), cron="20 3 * * *"),
        Job(
            "PurgeIdempotencyKeys",
            purge("idempotency_keys", "created_at", LIFETIME),
            every=_PURGE_SECONDS,
        ),
        Job("PurgeAuditLog", purge("audit_log", "at", AUDIT_KEPT), cron="40 3 * * *"),
        Job("vacuumAnalyze", vacuum, cron="0 5 * * 0"),
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
