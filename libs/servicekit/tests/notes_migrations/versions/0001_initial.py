"""The chassis and one table of a tenant's own."""

from alembic import op
from servicekit.db.migrations import (
    create_audit_log,
    create_chassis_tables,
    date_inbox_cursors,
    enable_rls,
    let_jobs_pause,
    tune_chassis_tables,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    create_chassis_tables()
    tune_chassis_tables()
    create_audit_log()
    date_inbox_cursors()
    let_jobs_pause()
    op.execute("CREATE TABLE notes (company_id uuid NOT NULL, id uuid PRIMARY KEY, body text NOT NULL)")
    enable_rls("notes")
