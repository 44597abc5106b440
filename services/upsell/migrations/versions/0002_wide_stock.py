"""What is left of a variant, as wide as inventory counts it."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the column; a worker of the release before writes and reads it as well."""
    op.execute("ALTER TABLE stock_snapshots ALTER COLUMN available TYPE bigint")
