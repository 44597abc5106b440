"""Indexes by which all that is kept about a recipient is found, to be erased."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    for index in (
        "contacts_of_recipient ON contacts (company_id, recipient_hash) WHERE recipient_hash IS NOT NULL",
        "contacts_of_successor ON contacts (company_id, successor_cart_id) WHERE successor_cart_id IS NOT NULL",
        "consents_of_cart ON consents (company_id, cart_id)",
        "recoveries_of_any_recipient ON recoveries (company_id, recipient_hash) WHERE recipient_hash IS NOT NULL",
    ):
        op.execute(f"CREATE INDEX {index}")
