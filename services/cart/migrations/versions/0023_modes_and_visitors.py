"""A site says whether stock is held or only looked at; a cart has the browser that it was made in."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns, which older code leaves as they are: it holds stock on every site, and has no visitors."""
    op.execute("ALTER TABLE sites ADD COLUMN inventory_mode text NOT NULL DEFAULT 'reserve_ttl'")
    op.execute("ALTER TABLE carts ADD COLUMN visitor_id text")
