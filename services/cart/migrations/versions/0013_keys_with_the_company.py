"""The indexes that are to be the keys of carts and of their timeline, built while both are used."""

from servicekit.db.migrations import build_index

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Build them; the next script makes them keys."""
    build_index("carts_key", "carts", "company_id, id", unique=True)
    build_index("cart_activity_key", "cart_activity", "company_id, cart_id, id", unique=True)
