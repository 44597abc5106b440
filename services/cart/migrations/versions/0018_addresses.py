"""Carts have the place that they are shipped to, and the way."""

from alembic import op

revision = "0018"
down_revision = "0017"

COLUMNS = """
ALTER TABLE carts
    ADD COLUMN address jsonb,
    ADD COLUMN address_rules text,
    ADD COLUMN address_until timestamptz,
    ADD COLUMN shipping_option_id uuid
"""


def upgrade() -> None:
    """Add the columns, which older code leaves as they are: its carts have no address."""
    op.execute(COLUMNS)
