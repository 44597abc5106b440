"""The index by which staff find a visitor's carts, built while carts are used."""

from servicekit.db.migrations import build_index

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Build it; without it the list of a visitor's carts reads all of the company."""
    build_index("ix_carts_visitor", "carts", "company_id, visitor_id, id", where="visitor_id IS NOT NULL")
