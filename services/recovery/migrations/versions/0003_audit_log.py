"""What staff do is recorded, and stays so for two years."""

from servicekit.db.migrations import create_audit_log

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the audit log."""
    create_audit_log()
