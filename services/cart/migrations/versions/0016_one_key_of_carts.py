"""The index of carts that repeats their key goes, with the foreign keys that hang on it."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Drop them, for a moment in which nobody uses the tables."""
    op.execute("LOCK TABLE carts IN ACCESS EXCLUSIVE MODE")
    for table in ("cart_items", "cart_sessions", "cart_holds"):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_company_id_cart_id_fkey")
    op.execute("ALTER TABLE carts DROP CONSTRAINT uq_carts_company_id")
