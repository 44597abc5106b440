"""Remember which cart a merged cart's contact goes to."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that older code does not read, so that either release works with it."""
    op.execute("ALTER TABLE contacts ADD COLUMN merged_into_cart_id uuid")


def downgrade() -> None:
    """Forget it again."""
    op.execute("ALTER TABLE contacts DROP COLUMN merged_into_cart_id")
