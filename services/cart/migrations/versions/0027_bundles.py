"""Carts may have bundles, and bundles of the catalogue have a replica."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0027"
down_revision = "0026"

BUNDLE_SNAPSHOTS = """
CREATE TABLE bundle_snapshots (
    company_id uuid NOT NULL,
    bundle_id uuid NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    image_url text,
    active boolean NOT NULL,
    prices jsonb NOT NULL,
    discount_basis_points integer,
    items jsonb NOT NULL,
    PRIMARY KEY (company_id, bundle_id)
)
"""


def upgrade() -> None:
    """Make the table and the column, which older code leaves as they are: it knows the lines alone."""
    op.execute(BUNDLE_SNAPSHOTS)
    enable_rls("bundle_snapshots")
    op.execute("ALTER TABLE carts ADD COLUMN bundles jsonb")
