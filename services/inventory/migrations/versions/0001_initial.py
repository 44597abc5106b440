"""Catalogue, stock, holds, and the chassis."""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CATALOGUE = (
    """
    CREATE TABLE products (
        id uuid PRIMARY KEY,
        company_id uuid NOT NULL,
        handle text NOT NULL,
        title text NOT NULL,
        slug text NOT NULL,
        active boolean NOT NULL,
        image_url text,
        categories text[] NOT NULL,
        tax_category text,
        size_required boolean NOT NULL,
        attributes jsonb NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT products_handle_key UNIQUE (company_id, handle)
    )
    """,
    "CREATE INDEX products_page ON products (company_id, id)",
    """
    CREATE TABLE variants (
        id uuid PRIMARY KEY,
        company_id uuid NOT NULL,
        product_id uuid NOT NULL REFERENCES products (id),
        sku text NOT NULL,
        title text NOT NULL,
        options jsonb NOT NULL,
        prices jsonb NOT NULL,
        compare_at_prices jsonb NOT NULL,
        active boolean NOT NULL,
        tracked boolean NOT NULL,
        backorderable boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT variants_sku_key UNIQUE (company_id, sku)
    )
    """,
    "CREATE INDEX variants_of_product ON variants (company_id, product_id, id)",
)

STOCK = (
    """
    CREATE TABLE warehouses (
        id uuid PRIMARY KEY,
        company_id uuid NOT NULL,
        code text NOT NULL,
        name text NOT NULL,
        priority integer NOT NULL,
        is_default boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT warehouses_code_key UNIQUE (company_id, code)
    )
    """,
    "CREATE UNIQUE INDEX warehouses_one_default ON warehouses (company_id) WHERE is_default",
    # Two counters on one row, so that a hold decides under the row's own lock; room on the page keeps the updates HOT.
    """
    CREATE TABLE stock_levels (
        company_id uuid NOT NULL,
        variant_id uuid NOT NULL REFERENCES variants (id),
        warehouse_id uuid NOT NULL REFERENCES warehouses (id),
        on_hand bigint NOT NULL,
        held bigint NOT NULL DEFAULT 0 CONSTRAINT stock_levels_held_check CHECK (held >= 0),
        safety bigint NOT NULL DEFAULT 0 CONSTRAINT stock_levels_safety_check CHECK (safety >= 0),
        version bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (company_id, variant_id, warehouse_id)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE stock_adjustments (
        id uuid PRIMARY KEY,
        company_id uuid NOT NULL,
        variant_id uuid NOT NULL,
        warehouse_id uuid NOT NULL,
        delta bigint NOT NULL,
        reason text NOT NULL,
        adjusted_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX stock_adjustments_of_variant ON stock_adjustments (company_id, variant_id, id)",
    """
    CREATE TABLE stock_discrepancies (
        company_id uuid NOT NULL,
        order_id text NOT NULL,
        variant_id uuid NOT NULL,
        cart_id uuid NOT NULL,
        missing bigint NOT NULL CONSTRAINT stock_discrepancies_missing_check CHECK (missing > 0),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (company_id, order_id, variant_id)
    )
    """,
)

HOLDS = (
    """
    CREATE TABLE inventory_holds (
        id uuid PRIMARY KEY,
        company_id uuid NOT NULL,
        cart_id uuid NOT NULL,
        site_id uuid NOT NULL,
        owner text NOT NULL,
        state text NOT NULL CONSTRAINT inventory_holds_state_check
            CHECK (state IN ('ACTIVE', 'COMMITTED', 'RELEASED', 'EXPIRED')),
        version integer NOT NULL,
        expires_at timestamptz NOT NULL,
        reason text,
        order_id text,
        created_at timestamptz NOT NULL DEFAULT now(),
        settled_at timestamptz
    ) WITH (fillfactor = 85)
    """,
    "CREATE UNIQUE INDEX inventory_holds_one_active ON inventory_holds (company_id, cart_id) WHERE state = 'ACTIVE'",
    "CREATE INDEX inventory_holds_due ON inventory_holds (expires_at) WHERE state = 'ACTIVE'",
    "CREATE INDEX inventory_holds_of_owner ON inventory_holds (company_id, owner) WHERE state = 'ACTIVE'",
    "CREATE INDEX inventory_holds_of_cart ON inventory_holds (company_id, cart_id, id)",
    # No foreign key to the variant: its row would be share-locked by every hold of a busy SKU.
    # No warehouse: the variant is not counted, and ending the hold gives nothing back.
    """
    CREATE TABLE hold_lines (
        company_id uuid NOT NULL,
        hold_id uuid NOT NULL REFERENCES inventory_holds (id),
        variant_id uuid NOT NULL,
        warehouse_id uuid,
        sku text NOT NULL,
        quantity integer NOT NULL CONSTRAINT hold_lines_quantity_check CHECK (quantity > 0),
        CONSTRAINT hold_lines_key UNIQUE NULLS NOT DISTINCT (company_id, hold_id, variant_id, warehouse_id)
    )
    """,
)

TENANT_TABLES = (
    "products",
    "variants",
    "warehouses",
    "stock_levels",
    "stock_adjustments",
    "stock_discrepancies",
    "inventory_holds",
    "hold_lines",
)


def upgrade() -> None:
    """Make everything."""
    create_chassis_tables()
    for statement in (*CATALOGUE, *STOCK, *HOLDS):
        op.execute(statement)
    for table in TENANT_TABLES:
        enable_rls(table)


def downgrade() -> None:
    """Drop inventory's own tables; the chassis goes with the database."""
    for table in reversed(TENANT_TABLES):
        op.execute(f"DROP TABLE {table}")
