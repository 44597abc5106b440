"""Old recoveries can be deleted by a job, with their mails and clicks."""

from alembic import op
from servicekit.db.migrations import date_inbox_cursors

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Date cursors, and find mails and clicks by their recovery alone, as the foreign keys do at its end."""
    date_inbox_cursors()
    op.execute("CREATE INDEX recovery_messages_of_recovery ON recovery_messages (recovery_id)")
    op.execute("CREATE INDEX recovery_clicks_of_recovery ON recovery_clicks (recovery_id)")
