"""The event log in parts, one a month: old ones can be dropped as a whole, and reports read only theirs.

The table of before becomes the part of all months that have none of their own; the job EventLogMonths moves its rows
from there, a month a transaction. Until then nothing is different but the keys, which have to have the time in them.
Building those keeps others from the log meanwhile: messages wait in their queue, and dashboards for an answer.
"""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0008"
down_revision = "0007"

DIVIDED = (
    "ALTER TABLE events RENAME TO events_default",
    "ALTER TABLE events_default DROP CONSTRAINT events_pkey, DROP CONSTRAINT events_aggregate_version_key",
    "ALTER INDEX events_of_cart RENAME TO events_default_of_cart",
    "ALTER INDEX events_of_type RENAME TO events_default_of_type",
    "CREATE TABLE events (LIKE events_default) PARTITION BY RANGE (occurred_at)",
    "ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY (company_id, event_id, occurred_at)",
    "ALTER TABLE events ADD CONSTRAINT events_aggregate_version_key"
    " UNIQUE (company_id, aggregate_id, aggregate_version, type, occurred_at)",
    "CREATE INDEX events_of_cart ON events (company_id, cart_id, occurred_at, event_id) WHERE cart_id IS NOT NULL",
    "CREATE INDEX events_of_type ON events (company_id, type, occurred_at)",
    "ALTER TABLE events ATTACH PARTITION events_default DEFAULT",
)
BEGIN = "CREATE TABLE event_log_begin (begins_at timestamptz PRIMARY KEY)"


def upgrade() -> None:
    """Divide the log; code of before reads and writes it as it did."""
    for statement in DIVIDED:
        op.execute(statement)
    enable_rls("events")
    op.execute(BEGIN)
