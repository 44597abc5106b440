"""Inventory's tables, described for Alembic's drift check; statements are in each noun's `repository.py`."""

from servicekit.db.retention import EndedByJob, EndsWith, GrowsWith, Kept, retention
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

METADATA = MetaData()

_ACTIVE = text("state = 'ACTIVE'")


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()"))


def _updated() -> Column[object]:
    return Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()"))


products = Table(
    "products",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("handle", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("image_url", Text),
    Column("categories", ARRAY(Text), nullable=False),
    Column("tax_category", Text),
    Column("size_required", Boolean, nullable=False),
    Column("attributes", JSONB, nullable=False),
    Column("more_images", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("deleted_at", DateTime(timezone=True)),
    Column("words", TSVECTOR, Computed("product_words(title, handle, categories, attributes)", persisted=True)),
    Column("version", Integer, nullable=False),
    _created(),
    _updated(),
    UniqueConstraint("company_id", "handle", name="products_handle_key"),
    Index("products_page", "company_id", "id"),
    Index("products_slug", "company_id", "slug", "id"),
    info=retention(GrowsWith("the catalogue")),
)

variants = Table(
    "variants",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    Column("sku", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("compare_at_prices", JSONB, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("backorderable", Boolean, nullable=False),
    Column("weight_grams", Integer),
    Column("costs", JSONB, nullable=False, server_default=text("'{}'")),
    _created(),
    _updated(),
    UniqueConstraint("company_id", "sku", name="variants_sku_key"),
    Index("variants_of_product", "company_id", "product_id", "id"),
    info=retention(GrowsWith("the catalogue")),
)

product_terms = Table(
    "product_terms",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("term", Text(collation="C"), primary_key=True),
    Column("product_id", Uuid, primary_key=True),
    Index("product_terms_of_product", "company_id", "product_id"),
    info=retention(GrowsWith("the catalogue")),
)
"""The words by which a product is found, and its categories behind a "="; triggers of `products` keep them."""

sites = Table(
    "sites",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    info=retention(GrowsWith("companies' sites")),
)
"""Replica of cart's sites, kept by SiteChanged."""

catalogue_versions = Table(
    "catalogue_versions",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    info=retention(GrowsWith("companies")),
)
"""Rises with everything that a storefront shows of a company, apart from stock."""

bundles = Table(
    "bundles",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("image_url", Text),
    Column("prices", JSONB, nullable=False),
    Column("discount_basis_points", Integer),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    _created(),
    _updated(),
    CheckConstraint("discount_basis_points BETWEEN 1 AND 10000", name="bundles_discount_check"),
    CheckConstraint("(prices = '{}') = (discount_basis_points IS NOT NULL)", name="bundles_price_check"),
    UniqueConstraint("company_id", "slug", name="bundles_slug_key"),
    info=retention(GrowsWith("the catalogue")),
)

bundle_items = Table(
    "bundle_items",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("bundle_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("variant_ids", ARRAY(Uuid), nullable=False),
    CheckConstraint("quantity > 0", name="bundle_items_quantity_check"),
    ForeignKeyConstraint(
        ["company_id", "bundle_id"], ["bundles.company_id", "bundles.id"], name="bundle_items_bundle_fkey"
    ),
    info=retention(GrowsWith("the catalogue")),
)

warehouses = Table(
    "warehouses",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("is_default", Boolean, nullable=False),
    _created(),
    UniqueConstraint("company_id", "code", name="warehouses_code_key"),
    Index("warehouses_one_default", "company_id", unique=True, postgresql_where=text("is_default")),
    info=retention(GrowsWith("warehouses")),
)

stock_levels = Table(
    "stock_levels",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("variant_id", Uuid, ForeignKey("variants.id"), primary_key=True),
    Column("warehouse_id", Uuid, ForeignKey("warehouses.id"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False, server_default=text("0")),
    Column("safety", BigInteger, nullable=False, server_default=text("0")),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("held >= 0", name="stock_levels_held_check"),
    CheckConstraint("safety >= 0", name="stock_levels_safety_check"),
    info=retention(GrowsWith("variants in each warehouse")),
)

stock_adjustments = Table(
    "stock_adjustments",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("variant_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid, nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("adjusted_by", Text, nullable=False),
    _created(),
    Index("stock_adjustments_of_variant", "company_id", "variant_id", "id"),
    info=retention(Kept("the ledger of changes of stock by hand and by import")),
)

stock_discrepancies = Table(
    "stock_discrepancies",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("order_id", Text, primary_key=True),
    Column("variant_id", Uuid, primary_key=True),
    Column("cart_id", Uuid, nullable=False),
    Column("missing", BigInteger, nullable=False),
    _created(),
    CheckConstraint("missing > 0", name="stock_discrepancies_missing_check"),
    info=retention(Kept("stock that was missing for an order: a person has to look into it")),
)

inventory_holds = Table(
    "inventory_holds",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("owner", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("order_id", Text),
    _created(),
    Column("settled_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('ACTIVE', 'COMMITTED', 'RELEASED', 'EXPIRED')", name="inventory_holds_state_check"),
    Index("inventory_holds_one_active", "company_id", "cart_id", unique=True, postgresql_where=_ACTIVE),
    Index("inventory_holds_due", "expires_at", postgresql_where=_ACTIVE),
    Index("inventory_holds_of_owner", "company_id", "owner", postgresql_where=_ACTIVE),
    Index("inventory_holds_of_cart", "company_id", "cart_id", "id"),
    info=retention(EndedByJob("InventoryHoldPurge", "90 days after it was made, unless ACTIVE")),
)

hold_fences = Table(
    "hold_fences",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("cart_id", Uuid, primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    info=retention(EndedByJob("HoldFencePurge", "90 days after the last call about the cart's hold")),
)

hold_lines = Table(
    "hold_lines",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("hold_id", Uuid, ForeignKey("inventory_holds.id"), nullable=False),
    Column("variant_id", Uuid, nullable=False),
    Column("warehouse_id", Uuid),
    Column("sku", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="hold_lines_quantity_check"),
    UniqueConstraint(
        "company_id",
        "hold_id",
        "variant_id",
        "warehouse_id",
        name="hold_lines_key",
        postgresql_nulls_not_distinct=True,
    ),
    Index("hold_lines_of_hold", "hold_id"),
    info=retention(EndsWith("inventory_holds")),
)
