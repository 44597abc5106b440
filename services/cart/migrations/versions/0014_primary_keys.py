"""The keys of carts, their timeline and erasures begin with the company; each takes the place of two indexes.

Older code may run on it: it finds every row by its company, and an id is still of one row only, because it is random.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

CARTS = """
ALTER TABLE carts DROP CONSTRAINT carts_pkey, ADD CONSTRAINT carts_pkey PRIMARY KEY USING INDEX carts_key
"""
OF_CARTS = """
ALTER TABLE {table} ADD CONSTRAINT {table}_cart
    FOREIGN KEY (company_id, cart_id) REFERENCES carts ON DELETE CASCADE NOT VALID
"""
"""Beside the one that hangs on the index that goes. Without columns it is the primary key that is referred to."""
ACTIVITY = """
ALTER TABLE cart_activity DROP CONSTRAINT cart_activity_pkey,
    ADD CONSTRAINT cart_activity_pkey PRIMARY KEY USING INDEX cart_activity_key
"""
ERASURES = (
    "ALTER TABLE erasure_steps DROP CONSTRAINT erasure_steps_company_id_erasure_id_fkey",
    "ALTER TABLE erasures DROP CONSTRAINT erasures_company_id, DROP CONSTRAINT erasures_pkey,"
    " ADD CONSTRAINT erasures_pkey PRIMARY KEY (company_id, id)",
    "ALTER TABLE erasure_steps ADD FOREIGN KEY (company_id, erasure_id) REFERENCES erasures ON DELETE CASCADE",
)
"""Small tables: rewritten in a moment."""


def upgrade() -> None:
    """Exchange the keys, for a moment in which nobody uses the tables; who comes meanwhile waits."""
    op.execute(CARTS)  # first: who uses one of the other tables has come by way of this one
    for table in ("cart_items", "cart_sessions", "cart_holds"):
        op.execute(OF_CARTS.format(table=table))
    op.execute(ACTIVITY)
    op.execute("DROP INDEX ix_cart_activity_cart")
    for statement in ERASURES:
        op.execute(statement)
