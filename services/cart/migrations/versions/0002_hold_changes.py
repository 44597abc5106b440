"""Changes of a cart's hold that are under way, and their fence: a late call can no longer change what a newer one did.

Code that knows neither may run on it: it saves without looking at them.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, and the index by which changes that nobody finished are found."""
    op.execute(
        "ALTER TABLE carts ADD COLUMN hold_fence bigint NOT NULL DEFAULT 0, ADD COLUMN hold_change text,"
        " ADD COLUMN hold_change_order_id text, ADD COLUMN hold_change_until timestamptz"
    )
    op.execute("CREATE INDEX ix_carts_hold_change ON carts (hold_change_until) WHERE hold_change IS NOT NULL")
