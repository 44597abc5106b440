"""A cart keeps what its customer's token says that prices depend on: groups, and whether no tax is charged."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the column; an older version of the service neither reads nor writes it."""
    op.execute("ALTER TABLE carts ADD COLUMN terms jsonb")
