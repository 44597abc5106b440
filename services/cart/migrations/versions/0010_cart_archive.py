"""Where ordered carts of long ago are, and the key to what each says of a person."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0010"
down_revision = "0009"

CART_ARCHIVE = """
CREATE TABLE cart_archive (
    company_id uuid NOT NULL,
    cart_id uuid NOT NULL,
    customer_id text,
    order_id text,
    converted_at timestamptz NOT NULL,
    object_key text NOT NULL,
    personal_key bytea,
    checksum bytea,
    archived_at timestamptz,
    PRIMARY KEY (company_id, cart_id)
)
"""


def upgrade() -> None:
    """Make the table; code that does not know it finds no cart that is in it."""
    op.execute(CART_ARCHIVE)
    op.execute(
        "CREATE INDEX cart_archive_of_customer ON cart_archive (company_id, customer_id) WHERE customer_id IS NOT NULL"
    )
    op.execute("CREATE INDEX cart_archive_of_order ON cart_archive (company_id, order_id) WHERE order_id IS NOT NULL")
    op.execute("CREATE INDEX cart_archive_reserved ON cart_archive (company_id, object_key) WHERE archived_at IS NULL")
    enable_rls("cart_archive")
