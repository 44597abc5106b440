"""The replica of the catalogue, what was learned from sales, and what was recommended to which cart."""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "product_snapshots",
    "variant_snapshots",
    "stock_snapshots",
    "purchases_seen",
    "product_totals",
    "item_pairs",
    "recommendations",
    "dismissals",
)

CATALOGUE = """
CREATE TABLE product_snapshots (
    company_id uuid NOT NULL,
    product_id uuid NOT NULL,
    version    bigint NOT NULL,
    title      text NOT NULL,
    image_url  text,
    active     boolean NOT NULL,
    PRIMARY KEY (company_id, product_id)
);
COMMENT ON COLUMN product_snapshots.version IS 'of the product when this was so; older news is ignored';

CREATE TABLE variant_snapshots (
    company_id    uuid NOT NULL,
    variant_id    uuid NOT NULL,
    product_id    uuid NOT NULL,
    position      integer NOT NULL,
    prices        jsonb NOT NULL,
    active        boolean NOT NULL,
    tracked       boolean NOT NULL,
    backorderable boolean NOT NULL,
    PRIMARY KEY (company_id, variant_id)
);
COMMENT ON COLUMN variant_snapshots.prices IS 'minor units by currency';
CREATE INDEX variant_snapshots_of_product ON variant_snapshots (company_id, product_id, position);

CREATE TABLE stock_snapshots (
    company_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    version    bigint NOT NULL,
    available  integer NOT NULL,
    PRIMARY KEY (company_id, variant_id)
);
COMMENT ON COLUMN stock_snapshots.version IS 'of the stock; 0: only what the product said';
"""

LEARNING = """
CREATE TABLE purchases_seen (
    company_id   uuid NOT NULL,
    cart_id      uuid NOT NULL,
    converted_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, cart_id)
);

CREATE TABLE product_totals (
    company_id uuid NOT NULL,
    product_id uuid NOT NULL,
    orders     bigint NOT NULL,
    units      bigint NOT NULL,
    PRIMARY KEY (company_id, product_id)
);
CREATE INDEX product_totals_best ON product_totals (company_id, orders, product_id);

CREATE TABLE item_pairs (
    company_id uuid NOT NULL,
    product_a  uuid NOT NULL,
    product_b  uuid NOT NULL,
    count      bigint NOT NULL,
    PRIMARY KEY (company_id, product_a, product_b),
    CONSTRAINT item_pairs_order CHECK (product_a < product_b)
);
COMMENT ON COLUMN item_pairs.count IS 'orders that had both';
CREATE INDEX item_pairs_reverse ON item_pairs (company_id, product_b, product_a);
"""

RECOMMENDATIONS = """
CREATE TABLE recommendations (
    company_id   uuid NOT NULL,
    cart_id      uuid NOT NULL,
    id           uuid NOT NULL,
    version      integer NOT NULL,
    site_id      uuid NOT NULL,
    basis        text NOT NULL,
    product_ids  uuid[] NOT NULL,
    cart_version integer NOT NULL,
    shown_at     timestamptz,
    touched_at   timestamptz NOT NULL,
    PRIMARY KEY (company_id, cart_id),
    CONSTRAINT recommendations_id UNIQUE (company_id, id)
);
COMMENT ON COLUMN recommendations.id IS 'the aggregate that the upsell events of this cart are about';
COMMENT ON COLUMN recommendations.product_ids IS 'what UpsellShown last named, best first';
COMMENT ON COLUMN recommendations.cart_version IS 'of the cart when it was last shown something';
COMMENT ON COLUMN recommendations.shown_at IS 'null: something was added or dismissed before anything was shown';
CREATE INDEX recommendations_touched ON recommendations (touched_at);

CREATE TABLE dismissals (
    company_id   uuid NOT NULL,
    cart_id      uuid NOT NULL,
    product_id   uuid NOT NULL,
    dismissed_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, cart_id, product_id)
);
CREATE INDEX dismissals_dismissed ON dismissals (dismissed_at);
"""


def upgrade() -> None:
    """Make every table of the service, each with a company behind row-level security."""
    create_chassis_tables()
    for ddl in (CATALOGUE, LEARNING, RECOMMENDATIONS):
        for statement in filter(str.strip, ddl.split(";\n")):  # the driver takes one at a time
            op.execute(statement)
    for table in TENANT_TABLES:
        enable_rls(table)
