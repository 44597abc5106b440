"""Carts may be shown to others by links, of which the hashes are kept."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0022"
down_revision = "0021"

CART_SHARES = """
CREATE TABLE cart_shares (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id),
    CONSTRAINT uq_cart_shares_token UNIQUE (company_id, token_hash),
    FOREIGN KEY (company_id, cart_id) REFERENCES carts (company_id, id) ON DELETE CASCADE
)
"""


def upgrade() -> None:
    """Make the table, which older code leaves as it is: its links show nothing there."""
    op.execute(CART_SHARES)
    op.execute("CREATE INDEX ix_cart_shares_cart ON cart_shares (company_id, cart_id)")
    enable_rls("cart_shares")
