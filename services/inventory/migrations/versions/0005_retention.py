"""Old holds, with their lines, and old fences can be deleted by a job.

Nobody places a hold while the index is built.
"""

from alembic import op
from servicekit.db.migrations import date_inbox_cursors

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Date cursors and fences, and find a hold's lines by its id alone, as the foreign key does at its end."""
    date_inbox_cursors()
    op.execute("ALTER TABLE hold_fences ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now()")
    op.execute("CREATE INDEX hold_lines_of_hold ON hold_lines (hold_id)")
