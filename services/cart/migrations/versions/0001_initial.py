"""Companies, sites, carts with their lines, sessions, timeline and holds, and the replicas a cart prices itself with.

The name of the revision never changes; what follows it only expands until every running version can do without the old.
"""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE cart_activity (
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    cart_id UUID NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    data JSONB NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_cart_activity_cart ON cart_activity (company_id, cart_id, id);

CREATE TABLE companies (
    company_id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company_id)
);

CREATE TABLE product_snapshots (
    variant_id UUID NOT NULL,
    company_id UUID NOT NULL,
    product_id UUID NOT NULL,
    product_version BIGINT NOT NULL,
    stock_version BIGINT DEFAULT 0 NOT NULL,
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    image_url TEXT,
    options JSONB NOT NULL,
    prices JSONB NOT NULL,
    compare_at_prices JSONB NOT NULL,
    categories TEXT[] NOT NULL,
    tax_category TEXT,
    active BOOLEAN NOT NULL,
    tracked BOOLEAN NOT NULL,
    backorderable BOOLEAN NOT NULL,
    available BIGINT,
    PRIMARY KEY (variant_id)
) WITH (fillfactor = 80);
CREATE INDEX ix_product_snapshots_product ON product_snapshots (company_id, product_id);

CREATE TABLE rule_sets (
    company_id UUID NOT NULL,
    version INTEGER NOT NULL,
    rules JSONB NOT NULL,
    PRIMARY KEY (company_id)
);

CREATE TABLE sites (
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    currency TEXT NOT NULL,
    locale TEXT NOT NULL,
    timezone TEXT NOT NULL,
    portal_url TEXT NOT NULL,
    merge_strategy TEXT NOT NULL,
    max_quantity_per_line INTEGER NOT NULL,
    max_lines INTEGER NOT NULL,
    abandonment_seconds INTEGER NOT NULL,
    cart_expiration_days INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(company_id) REFERENCES companies (company_id)
);
CREATE INDEX ix_sites_company ON sites (company_id, id);

CREATE TABLE carts (
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    site_id UUID NOT NULL,
    customer_id TEXT,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    version INTEGER NOT NULL,
    codes JSONB DEFAULT '[]'::jsonb NOT NULL,
    item_count INTEGER DEFAULT 0 NOT NULL,
    subtotal BIGINT DEFAULT 0 NOT NULL,
    discount_total BIGINT DEFAULT 0 NOT NULL,
    shipping_total BIGINT DEFAULT 0 NOT NULL,
    tax_total BIGINT DEFAULT 0 NOT NULL,
    total BIGINT DEFAULT 0 NOT NULL,
    has_contact BOOLEAN DEFAULT false NOT NULL,
    last_activity_at timestamptz NOT NULL,
    check_at timestamptz NOT NULL,
    expiry_check_at timestamptz NOT NULL,
    abandonment_id UUID,
    abandoned_at timestamptz,
    restored_abandonment_id UUID,
    converted_at timestamptz,
    order_id TEXT,
    merged_into UUID,
    ordered JSONB,
    viewed_at timestamptz,
    viewed_version INTEGER,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_carts_company_id UNIQUE (company_id, id),
    FOREIGN KEY(site_id) REFERENCES sites (id)
) WITH (fillfactor = 80);
CREATE INDEX ix_carts_company_created ON carts (company_id, id);
CREATE INDEX ix_carts_company_customer ON carts (company_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX ix_carts_company_site_status ON carts (company_id, site_id, status, id);
CREATE INDEX ix_carts_company_status ON carts (company_id, status, id);
CREATE INDEX ix_carts_due_abandonment ON carts (check_at) WHERE status = 'ACTIVE';
CREATE INDEX ix_carts_due_expiry ON carts (expiry_check_at) WHERE status IN ('ACTIVE', 'ABANDONED');
CREATE UNIQUE INDEX uq_carts_open_customer ON carts (company_id, site_id, customer_id)
    WHERE status IN ('ACTIVE', 'ABANDONED') AND customer_id IS NOT NULL;
CREATE UNIQUE INDEX uq_carts_order ON carts (company_id, order_id) WHERE order_id IS NOT NULL;

CREATE TABLE cart_holds (
    cart_id UUID NOT NULL,
    company_id UUID NOT NULL,
    hold_id UUID NOT NULL,
    hold_version INTEGER NOT NULL,
    status TEXT NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (cart_id),
    FOREIGN KEY(company_id, cart_id) REFERENCES carts (company_id, id) ON DELETE CASCADE
);

CREATE TABLE cart_items (
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    cart_id UUID NOT NULL,
    product_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    sku TEXT NOT NULL,
    title TEXT NOT NULL,
    image_url TEXT,
    options JSONB DEFAULT '{}'::jsonb NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price BIGINT NOT NULL,
    compare_at_price BIGINT,
    source TEXT,
    meta JSONB,
    rental JSONB,
    bundle_group_id UUID,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(company_id, cart_id) REFERENCES carts (company_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX uq_cart_items_identity ON cart_items (cart_id, variant_id, options, bundle_group_id)
    NULLS NOT DISTINCT;

CREATE TABLE cart_sessions (
    token_hash BYTEA NOT NULL,
    company_id UUID NOT NULL,
    cart_id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(company_id, cart_id) REFERENCES carts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_cart_sessions_cart ON cart_sessions (company_id, cart_id)
"""

TENANT_TABLES = (
    "companies",
    "sites",
    "carts",
    "cart_sessions",
    "cart_items",
    "cart_activity",
    "cart_holds",
    "product_snapshots",
    "rule_sets",
)


def upgrade() -> None:
    """Make every table, each closed to other tenants."""
    create_chassis_tables()
    for statement in TABLES.split(";"):
        op.execute(statement)
    for table in TENANT_TABLES:
        enable_rls(table)
