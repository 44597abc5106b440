"""The fences of carts' holds: a late call changes nothing any more."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table; code that does not know it takes every call as it comes."""
    op.execute(
        "CREATE TABLE hold_fences (company_id uuid NOT NULL, cart_id uuid NOT NULL, fence bigint NOT NULL,"
        " PRIMARY KEY (company_id, cart_id)) WITH (fillfactor = 85)"
    )
    enable_rls("hold_fences")
