"""What cart keeps of other services: variants, bundles and rules."""

from servicekit.db.retention import GrowsWith, retention
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from cart.tables.columns import METADATA, company_column, id_column, text_column

product_snapshots = Table(
    "product_snapshots",
    METADATA,
    Column("variant_id", UUID, primary_key=True),
    company_column(),
    Column("product_id", UUID, nullable=False),
    Column("product_version", BigInteger, nullable=False),
    Column("stock_version", BigInteger, nullable=False, server_default=text("0")),
    text_column("sku"),
    text_column("title"),
    text_column("image_url", nullable=True),
    Column("options", JSONB, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("compare_at_prices", JSONB, nullable=False),
    Column("categories", ARRAY(Text), nullable=False),
    text_column("tax_category", nullable=True),
    Column("active", Boolean, nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("backorderable", Boolean, nullable=False),
    Column("available", BigInteger),
    Index("ix_product_snapshots_product", "company_id", "product_id"),
    postgresql_with={"fillfactor": "80"},
    info=retention(GrowsWith("variants in the catalogue")),
)

product_details = Table(
    "product_details",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("product_id", UUID, primary_key=True),
    Column("product_version", BigInteger, nullable=False),
    text_column("title"),
    text_column("slug"),
    Column("attributes", JSONB, nullable=False),
    info=retention(GrowsWith("products in the catalogue")),
)
"""What lists show of a product beside its variants: absent for one that has not changed since the table is there."""

bundle_snapshots = Table(
    "bundle_snapshots",
    METADATA,
    company_column(primary=True),
    id_column("bundle_id"),
    Column("version", BigInteger, nullable=False),
    text_column("title"),
    text_column("image_url", nullable=True),
    Column("active", Boolean, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("discount_basis_points", Integer),
    Column("items", JSONB, nullable=False),
    info=retention(GrowsWith("bundles in the catalogue")),
)

rule_sets = Table(
    "rule_sets",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
    info=retention(GrowsWith("companies")),
)

last_rule_sets = Table(
    "last_rule_sets",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("engine_version", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
    info=retention(GrowsWith("companies and engine versions")),
)
