"""Products are sold together, as bundles."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0009"
down_revision = "0008"

TABLES = (
    """
    CREATE TABLE bundles (
        company_id uuid NOT NULL,
        id uuid NOT NULL,
        slug text NOT NULL,
        title text NOT NULL,
        active boolean NOT NULL,
        image_url text,
        prices jsonb NOT NULL,
        discount_basis_points integer
            CONSTRAINT bundles_discount_check CHECK (discount_basis_points BETWEEN 1 AND 10000),
        deleted_at timestamptz,
        version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, id),
        CONSTRAINT bundles_slug_key UNIQUE (company_id, slug),
        CONSTRAINT bundles_price_check CHECK ((prices = '{}') = (discount_basis_points IS NOT NULL))
    )
    """,
    """
    CREATE TABLE bundle_items (
        company_id uuid NOT NULL,
        bundle_id uuid NOT NULL,
        id uuid NOT NULL,
        position integer NOT NULL,
        title text NOT NULL,
        quantity integer NOT NULL CONSTRAINT bundle_items_quantity_check CHECK (quantity > 0),
        variant_ids uuid[] NOT NULL,
        PRIMARY KEY (company_id, bundle_id, id),
        CONSTRAINT bundle_items_bundle_fkey FOREIGN KEY (company_id, bundle_id) REFERENCES bundles (company_id, id)
    )
    """,
)


def upgrade() -> None:
    """Make the tables; code that does not know them sells no bundles."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("bundles", "bundle_items"):
        enable_rls(table)
