"""The outbox is tidied up early: every row of it dies once, and the relay reads past what is dead."""

from servicekit.db.migrations import tune_chassis_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Set when PostgreSQL vacuums the outbox; it keeps nobody from the table."""
    tune_chassis_tables()
