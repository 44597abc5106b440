"""The event log and the read models."""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE events (
    company_id uuid NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    cart_id uuid,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (company_id, event_id),
    CONSTRAINT events_fact_key UNIQUE (company_id, aggregate_id, aggregate_version, type)
);
CREATE INDEX events_of_cart ON events (company_id, cart_id, occurred_at, event_id) WHERE cart_id IS NOT NULL;
CREATE INDEX events_of_type ON events (company_id, type, occurred_at);

CREATE TABLE cart_facts (
    company_id uuid NOT NULL,
    cart_id uuid NOT NULL,
    state_version bigint,
    state_rank smallint,
    status text,
    site_id uuid,
    currency text,
    snapshot_version bigint,
    snapshot_rank smallint,
    item_count bigint,
    value bigint,
    sale_version bigint,
    revenue bigint,
    units bigint,
    discounts bigint,
    created_at timestamptz,
    first_item_at timestamptz,
    viewed_at timestamptz,
    checkout_started_at timestamptz,
    first_abandoned_at timestamptz,
    last_abandoned_at timestamptz,
    converted_at timestamptz,
    merged_at timestamptz,
    expired_at timestamptz,
    recovered_at timestamptz,
    influenced_at timestamptz,
    abandonments bigint NOT NULL DEFAULT 0,
    reactivations bigint NOT NULL DEFAULT 0,
    units_added bigint NOT NULL DEFAULT 0,
    recovered_revenue bigint NOT NULL DEFAULT 0,
    influenced_revenue bigint NOT NULL DEFAULT 0,
    had_line boolean NOT NULL DEFAULT false,
    excluded boolean NOT NULL DEFAULT false,
    CONSTRAINT cart_facts_pkey PRIMARY KEY (company_id, cart_id)
) WITH (fillfactor = 80);

CREATE TABLE cart_products (
    company_id uuid NOT NULL,
    cart_id uuid NOT NULL,
    product_id uuid NOT NULL,
    added_at timestamptz,
    abandoned_at timestamptz,
    converted_at timestamptz,
    units_added bigint NOT NULL DEFAULT 0,
    units_converted bigint NOT NULL DEFAULT 0,
    revenue bigint NOT NULL DEFAULT 0,
    CONSTRAINT cart_products_pkey PRIMARY KEY (company_id, cart_id, product_id)
) WITH (fillfactor = 80);
CREATE INDEX cart_products_added ON cart_products (company_id, added_at) WHERE added_at IS NOT NULL;
CREATE INDEX cart_products_abandoned ON cart_products (company_id, abandoned_at) WHERE abandoned_at IS NOT NULL;
CREATE INDEX cart_products_converted ON cart_products (company_id, converted_at) WHERE converted_at IS NOT NULL;

CREATE TABLE figures (
    company_id uuid NOT NULL,
    currency text NOT NULL,
    measure text NOT NULL,
    quarter timestamptz NOT NULL,
    site_id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT figures_pkey PRIMARY KEY (company_id, currency, measure, quarter, site_id)
) WITH (fillfactor = 50);

CREATE TABLE products (
    company_id uuid NOT NULL,
    product_id uuid NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (company_id, product_id)
);

CREATE TABLE sites (
    company_id uuid NOT NULL,
    site_id uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    timezone text NOT NULL,
    deleted boolean NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (company_id, site_id)
);
"""


def upgrade() -> None:
    """Make the tables; what keeps `figures` comes with the next script."""
    create_chassis_tables()
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in ("events", "cart_facts", "cart_products", "figures", "products", "sites"):
        enable_rls(table)
