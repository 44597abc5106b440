"""The index of the addresses that are to be asked about again, built while carts are used."""

from servicekit.db.migrations import build_index

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Build it; without it the job reads every cart."""
    build_index(
        "ix_carts_due_address",
        "carts",
        "address_until",
        where="address_until IS NOT NULL AND status IN ('ACTIVE', 'ABANDONED')",
    )
