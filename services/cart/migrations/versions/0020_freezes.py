"""A cart may be frozen for a checkout: until when, and all that prices it meanwhile, is kept on its row."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the column; an older version of the service neither reads nor writes it."""
    op.execute("ALTER TABLE carts ADD COLUMN frozen jsonb")
