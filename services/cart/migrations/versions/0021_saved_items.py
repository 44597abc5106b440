"""Lines of carts may be saved for later: in a table of their own, of which an older version has no notion."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0021"
down_revision = "0020"

SAVED_CART_ITEMS = """
CREATE TABLE saved_cart_items (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    sku text NOT NULL,
    title text NOT NULL,
    image_url text,
    options jsonb NOT NULL DEFAULT '{}'::jsonb,
    quantity integer NOT NULL,
    unit_price bigint NOT NULL,
    compare_at_price bigint,
    source text,
    meta jsonb,
    rental jsonb,
    bundle_group_id uuid,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, cart_id) REFERENCES carts (company_id, id) ON DELETE CASCADE
)
"""
IDENTITY = """
CREATE UNIQUE INDEX uq_saved_cart_items_identity
    ON saved_cart_items (company_id, cart_id, variant_id, options, bundle_group_id) NULLS NOT DISTINCT
"""


def upgrade() -> None:
    """Make the table, and the count on the cart's row; older code leaves both as they are."""
    op.execute(SAVED_CART_ITEMS)
    op.execute(IDENTITY)
    enable_rls("saved_cart_items")
    op.execute("ALTER TABLE carts ADD COLUMN saved_count integer NOT NULL DEFAULT 0")
