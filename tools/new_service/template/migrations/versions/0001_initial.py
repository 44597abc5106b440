"""The tables that every service has."""

from servicekit.db.migrations import (
    create_audit_log,
    create_chassis_tables,
    date_inbox_cursors,
    let_jobs_pause,
    tune_chassis_tables,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make outbox, inbox, idempotency keys, job runs and the audit log."""
    create_chassis_tables()
    tune_chassis_tables()
    create_audit_log()
    date_inbox_cursors()
    let_jobs_pause()
