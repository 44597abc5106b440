"""The tables of the pricing service as Alembic compares them; what reads and writes them is each noun's repository."""

from servicekit.db.retention import GrowsWith, Kept, retention
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

MOMENT = DateTime(timezone=True)
EMPTY_MAP = text("'{}'::jsonb")
EMPTY_LIST = text("'{}'::text[]")

pricing_settings = Table(
    "pricing_settings",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("rounding_mode", Text, nullable=False),
    Column("rounding_scope", Text, nullable=False),
    Column("tax_inclusive", Boolean, nullable=False),
    Column("default_country", Text),
    Column("best_deal", Boolean, nullable=False),
    Column(
        "rule_set_version",
        Integer,
        nullable=False,
        comment="the last version published; its row lock puts publications in order",
    ),
    Column("updated_at", MOMENT, nullable=False),
    info=retention(GrowsWith("companies")),
)

promotions = Table(
    "promotions",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("code", Text, comment="in capitals; null: automatic"),
    Column("rule", JSONB, nullable=False, comment="contracts.ruleset.PromotionRule, without its code"),
    Column("usage_limit", Integer, comment="null: no limit"),
    Column("times_used", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    Column("deleted_at", MOMENT),
    CheckConstraint("usage_limit > 0", name="promotions_usage_limit"),
    CheckConstraint("code ~ '^[A-Z0-9-]{1,50}$'", name="promotions_code_form"),
    UniqueConstraint("company_id", "id", name="promotions_owner"),
    Index(
        "promotions_code",
        "company_id",
        "code",
        unique=True,
        postgresql_where=text("code IS NOT NULL AND deleted_at IS NULL"),
    ),
    info=retention(Kept("configuration, marked as deleted: past orders name it")),
)

promotion_usages = Table(
    "promotion_usages",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("promotion_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("redeemed_at", MOMENT, nullable=False),
    ForeignKeyConstraint(
        ["company_id", "promotion_id"], ["promotions.company_id", "promotions.id"], name="promotion_usages_promotion"
    ),
    UniqueConstraint("company_id", "promotion_id", "cart_id", name="promotion_usages_once"),
    info=retention(Kept("financial record: what an order was discounted by")),
)

tax_rates = Table(
    "tax_rates",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("state", Text),
    Column("postal_prefix", Text),
    Column("category", Text),
    Column("rate_ppm", Integer, nullable=False),
    Column("compound", Boolean, nullable=False),
    Column("shipping_taxable", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    CheckConstraint("rate_ppm BETWEEN 0 AND 10000000", name="tax_rates_rate"),
    Index("tax_rates_place", "company_id", "country"),
    Index("tax_rates_list", "company_id", "id"),
    info=retention(GrowsWith("configured taxes")),
)

shipping_zones = Table(
    "shipping_zones",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("countries", ARRAY(Text), nullable=False, server_default=EMPTY_LIST, comment="empty: everywhere"),
    Column("states", ARRAY(Text), nullable=False, server_default=EMPTY_LIST, comment="empty: the whole countries"),
    Column("postal_prefixes", ARRAY(Text), nullable=False, server_default=EMPTY_LIST, comment="empty: any"),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    UniqueConstraint("company_id", "id", name="shipping_zones_owner"),
    info=retention(GrowsWith("configured zones")),
)

shipping_rules = Table(
    "shipping_rules",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("zone_id", Uuid, comment="null: everywhere"),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("amounts", JSONB, nullable=False, comment="minor units by currency"),
    Column("free_over", JSONB, nullable=False, server_default=EMPTY_MAP, comment="minor units by currency"),
    Column("estimated_days", Integer),
    Column("taxable", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
    ForeignKeyConstraint(
        ["company_id", "zone_id"], ["shipping_zones.company_id", "shipping_zones.id"], name="shipping_rules_zone"
    ),
    Index("shipping_rules_list", "company_id", "id"),
    Index("shipping_rules_of_zone", "company_id", "zone_id"),
    info=retention(GrowsWith("configured rates")),
)

rule_sets = Table(
    "rule_sets",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", JSONB, nullable=False, comment="contracts.ruleset.RuleSet"),
    Column("published_at", MOMENT, nullable=False),
    info=retention(Kept("every version: an old quote is replayed with the rules it was made by (rules.md 5)")),
)
