"""The last rule set for each engine, beside the newest: what a version of the service that lacks an engine prices by.

Older code may run on it: it knows the newest alone, and keeps what it can price.
"""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table, with what is known already."""
    op.execute(
        "CREATE TABLE last_rule_sets (company_id uuid NOT NULL, engine_version integer NOT NULL,"
        " version integer NOT NULL, rules jsonb NOT NULL, PRIMARY KEY (company_id, engine_version))"
    )
    enable_rls("last_rule_sets")
    op.execute(
        "INSERT INTO last_rule_sets (company_id, engine_version, version, rules)"
        " SELECT company_id, coalesce((rules ->> 'engineVersion')::integer, 1), version, rules FROM rule_sets"
    )
