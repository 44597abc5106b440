"""A job can be paused while its service runs."""

from servicekit.db.migrations import let_jobs_pause

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table of paused jobs; code that does not know it runs every job."""
    let_jobs_pause()
