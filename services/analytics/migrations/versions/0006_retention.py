"""Old rows can be told from young ones, so that a job deletes them."""

from servicekit.db.migrations import date_inbox_cursors

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Date the cursors of the inbox; code that does not know the column leaves it as it is."""
    date_inbox_cursors()
