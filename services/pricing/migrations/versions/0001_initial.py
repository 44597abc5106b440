"""Promotions, taxes, shipping, settings and the rule sets compiled from them."""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None

TENANT_TABLES = (
    "pricing_settings",
    "promotions",
    "promotion_usages",
    "tax_rates",
    "shipping_zones",
    "shipping_rules",
    "rule_sets",
)

PRICING_SETTINGS = """
CREATE TABLE pricing_settings (
    company_id       uuid PRIMARY KEY,
    rounding_mode    text NOT NULL,
    rounding_scope   text NOT NULL,
    tax_inclusive    boolean NOT NULL,
    default_country  text,
    best_deal        boolean NOT NULL,
    rule_set_version integer NOT NULL,
    updated_at       timestamptz NOT NULL
);
COMMENT ON COLUMN pricing_settings.rule_set_version IS
    'the last version published; its row lock puts publications in order';
"""

PROMOTIONS = """
CREATE TABLE promotions (
    id          uuid PRIMARY KEY,
    company_id  uuid NOT NULL,
    code        text CONSTRAINT promotions_code_form CHECK (code ~ '^[A-Z0-9-]{1,50}$'),
    rule        jsonb NOT NULL,
    usage_limit integer CONSTRAINT promotions_usage_limit CHECK (usage_limit > 0),
    times_used  integer NOT NULL,
    active      boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    CONSTRAINT promotions_owner UNIQUE (company_id, id)
);
COMMENT ON COLUMN promotions.code IS 'in capitals; null: automatic';
COMMENT ON COLUMN promotions.rule IS 'contracts.ruleset.PromotionRule, without its code';
COMMENT ON COLUMN promotions.usage_limit IS 'null: no limit';
CREATE UNIQUE INDEX promotions_code ON promotions (company_id, code) WHERE code IS NOT NULL AND deleted_at IS NULL;
"""

PROMOTION_USAGES = """
CREATE TABLE promotion_usages (
    id           uuid PRIMARY KEY,
    company_id   uuid NOT NULL,
    promotion_id uuid NOT NULL,
    cart_id      uuid NOT NULL,
    order_id     text NOT NULL,
    currency     text NOT NULL,
    amount       bigint NOT NULL,
    redeemed_at  timestamptz NOT NULL,
    CONSTRAINT promotion_usages_once UNIQUE (company_id, promotion_id, cart_id),
    CONSTRAINT promotion_usages_promotion
        FOREIGN KEY (company_id, promotion_id) REFERENCES promotions (company_id, id)
);
"""

TAX_RATES = """
CREATE TABLE tax_rates (
    id               uuid PRIMARY KEY,
    company_id       uuid NOT NULL,
    name             text NOT NULL,
    type             text NOT NULL,
    country          text NOT NULL,
    state            text,
    postal_prefix    text,
    category         text,
    rate_ppm         integer NOT NULL CONSTRAINT tax_rates_rate CHECK (rate_ppm BETWEEN 0 AND 10000000),
    compound         boolean NOT NULL,
    shipping_taxable boolean NOT NULL,
    priority         integer NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
CREATE INDEX tax_rates_place ON tax_rates (company_id, country);
CREATE INDEX tax_rates_list ON tax_rates (company_id, id);
"""

SHIPPING = """
CREATE TABLE shipping_zones (
    id              uuid PRIMARY KEY,
    company_id      uuid NOT NULL,
    name            text NOT NULL,
    countries       text[] NOT NULL DEFAULT '{}',
    states          text[] NOT NULL DEFAULT '{}',
    postal_prefixes text[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT shipping_zones_owner UNIQUE (company_id, id)
);
COMMENT ON COLUMN shipping_zones.countries IS 'empty: everywhere';
COMMENT ON COLUMN shipping_zones.states IS 'empty: the whole countries';
COMMENT ON COLUMN shipping_zones.postal_prefixes IS 'empty: any';

CREATE TABLE shipping_rules (
    id             uuid PRIMARY KEY,
    company_id     uuid NOT NULL,
    zone_id        uuid,
    name           text NOT NULL,
    type           text NOT NULL,
    amounts        jsonb NOT NULL,
    free_over      jsonb NOT NULL DEFAULT '{}',
    estimated_days integer,
    taxable        boolean NOT NULL,
    active         boolean NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT shipping_rules_zone FOREIGN KEY (company_id, zone_id) REFERENCES shipping_zones (company_id, id)
);
COMMENT ON COLUMN shipping_rules.zone_id IS 'null: everywhere';
COMMENT ON COLUMN shipping_rules.amounts IS 'minor units by currency';
COMMENT ON COLUMN shipping_rules.free_over IS 'minor units by currency';
CREATE INDEX shipping_rules_list ON shipping_rules (company_id, id);
CREATE INDEX shipping_rules_of_zone ON shipping_rules (company_id, zone_id);
"""

RULE_SETS = """
CREATE TABLE rule_sets (
    company_id   uuid NOT NULL,
    version      integer NOT NULL,
    content      jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, version)
);
COMMENT ON COLUMN rule_sets.content IS 'contracts.ruleset.RuleSet';
"""


def upgrade() -> None:
    """Make every table of the service, each with a company behind row-level security."""
    create_chassis_tables()
    for ddl in (PRICING_SETTINGS, PROMOTIONS, PROMOTION_USAGES, TAX_RATES, SHIPPING, RULE_SETS):
        for statement in filter(str.strip, ddl.split(";\n")):  # the driver takes one at a time
            op.execute(statement)
    for table in TENANT_TABLES:
        enable_rls(table)
