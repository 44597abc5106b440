"""The tables that every service has."""

from servicekit.db.migrations import create_chassis_tables, tune_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make outbox, inbox, idempotency keys and job runs."""
    create_chassis_tables()
    tune_chassis_tables()
