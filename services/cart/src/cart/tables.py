"""The cart service's tables, for migrations; queries are written out in the repositories."""

from servicekit.db.retention import EndedByJob, EndsWith, GrowsWith, Kept, retention
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID

METADATA = MetaData()

OPEN = "status IN ('ACTIVE', 'ABANDONED')"


def _id(name: str = "id", *, primary: bool = True) -> Column[object]:
    return Column(name, UUID, primary_key=primary, nullable=False)


def _company() -> Column[object]:
    return Column("company_id", UUID, nullable=False)


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Text, nullable=nullable)


def _amount(name: str) -> Column[object]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


companies = Table(
    "companies",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    _text("name"),
    _time("created_at"),
    info=retention(GrowsWith("shops that the platform serves")),
)

sites = Table(
    "sites",
    METADATA,
    _id(),
    Column("company_id", UUID, ForeignKey("companies.company_id"), nullable=False),
    _text("name"),
    _text("type"),
    _text("currency"),
    _text("locale"),
    _text("timezone"),
    _text("portal_url"),
    _text("merge_strategy"),
    Column("max_quantity_per_line", Integer, nullable=False),
    Column("max_lines", Integer, nullable=False),
    Column("abandonment_seconds", Integer, nullable=False),
    Column("cart_expiration_days", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _time("created_at"),
    _time("updated_at"),
    Index("ix_sites_company", "company_id", "id"),
    info=retention(GrowsWith("companies' sites")),
)

carts = Table(
    "carts",
    METADATA,
    _id(),
    _company(),
    Column("site_id", UUID, ForeignKey("sites.id"), nullable=False),
    _text("customer_id", nullable=True),
    _text("status"),
    _text("currency"),
    Column("version", Integer, nullable=False),
    Column("codes", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("item_count", Integer, nullable=False, server_default=text("0")),
    _amount("subtotal"),
    _amount("discount_total"),
    _amount("shipping_total"),
    _amount("tax_total"),
    _amount("total"),
    Column("has_contact", Boolean, nullable=False, server_default=text("false")),
    _time("last_activity_at"),
    _time("check_at", nullable=True),
    _time("expiry_check_at"),
    Column("abandonment_id", UUID),
    _time("abandoned_at", nullable=True),
    Column("restored_abandonment_id", UUID),
    _time("converted_at", nullable=True),
    _text("order_id", nullable=True),
    Column("merged_into", UUID),
    Column("ordered", JSONB),
    _time("viewed_at", nullable=True),
    Column("viewed_version", Integer),
    _time("created_at"),
    _time("updated_at"),
    Column("hold_fence", BigInteger, nullable=False, server_default=text("0")),
    _text("hold_change", nullable=True),
    _text("hold_change_order_id", nullable=True),
    _time("hold_change_until", nullable=True),
    Index("ix_carts_hold_change", "hold_change_until", postgresql_where=text("hold_change IS NOT NULL")),
    Index(
        "uq_carts_open_customer",
        "company_id",
        "site_id",
        "customer_id",
        unique=True,
        postgresql_where=text(f"{OPEN} AND customer_id IS NOT NULL"),
    ),
    Index("ix_carts_due_abandonment", "check_at", postgresql_where=text("status = 'ACTIVE'")),
    Index("ix_carts_due_expiry", "expiry_check_at", postgresql_where=text(OPEN)),
    Index("ix_carts_company_status", "company_id", "status", "id"),
    Index("ix_carts_company_site_status", "company_id", "site_id", "status", "id"),
    Index("ix_carts_company_customer", "company_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    Index("ix_carts_merged_into", "company_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("uq_carts_order", "company_id", "order_id", unique=True, postgresql_where=text("order_id IS NOT NULL")),
    UniqueConstraint("company_id", "id", name="uq_carts_company_id"),
    postgresql_with={"fillfactor": "80"},
    info=retention(
        EndedByJob(
            "CartCleanup",
            "90 days after it was abandoned, expired or merged; CONVERTED ones after two years, by CartArchive",
        )
    ),
)

cart_sessions = Table(
    "cart_sessions",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    _company(),
    Column("cart_id", UUID, nullable=False),
    _time("created_at"),
    ForeignKeyConstraint(["company_id", "cart_id"], ["carts.company_id", "carts.id"], ondelete="CASCADE"),
    Index("ix_cart_sessions_cart", "company_id", "cart_id"),
    info=retention(EndsWith("carts")),
)

cart_items = Table(
    "cart_items",
    METADATA,
    _id(),
    _company(),
    Column("cart_id", UUID, nullable=False),
    Column("product_id", UUID, nullable=False),
    Column("variant_id", UUID, nullable=False),
    _text("sku"),
    _text("title"),
    _text("image_url", nullable=True),
    Column("options", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("compare_at_price", BigInteger),
    _text("source", nullable=True),
    Column("meta", JSONB),
    Column("rental", JSONB),
    Column("bundle_group_id", UUID),
    _time("created_at"),
    ForeignKeyConstraint(["company_id", "cart_id"], ["carts.company_id", "carts.id"], ondelete="CASCADE"),
    Index(
        "uq_cart_items_identity",
        "cart_id",
        "variant_id",
        "options",
        "bundle_group_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    postgresql_with={"fillfactor": "80"},
    info=retention(EndsWith("carts")),
)

cart_activity = Table(
    "cart_activity",
    METADATA,
    _id(),
    _company(),
    Column("cart_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    _text("kind"),
    _text("actor"),
    Column("data", JSONB, nullable=False),
    _time("at"),
    Index("ix_cart_activity_cart", "company_id", "cart_id", "id"),
    info=retention(EndsWith("carts")),
)

cart_holds = Table(
    "cart_holds",
    METADATA,
    Column("cart_id", UUID, primary_key=True),
    _company(),
    Column("hold_id", UUID, nullable=False),
    Column("hold_version", Integer, nullable=False),
    _text("status"),
    _time("expires_at", nullable=True),
    ForeignKeyConstraint(["company_id", "cart_id"], ["carts.company_id", "carts.id"], ondelete="CASCADE"),
    info=retention(EndsWith("carts")),
)

cart_counts = Table(
    "cart_counts",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("site_id", UUID, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("carts", BigInteger, nullable=False),
    Column("with_lines", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    info=retention(GrowsWith("sites, currencies and states of carts")),
)

cart_count_changes = Table(
    "cart_count_changes",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("site_id", UUID, nullable=False),
    _text("currency"),
    _text("status"),
    Column("carts", Integer, nullable=False),
    Column("with_lines", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    info=retention(EndedByJob("FoldCartCounts", "a few seconds after the change of its cart")),
)
"""Written by the triggers of `carts` (docs/adr/0039-counts-are-kept-by-notes.md)."""

cart_archive = Table(
    "cart_archive",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("cart_id", UUID, primary_key=True),
    _text("customer_id", nullable=True),
    _text("order_id", nullable=True),
    _time("converted_at"),
    _text("object_key"),
    Column("personal_key", LargeBinary),
    Column("checksum", LargeBinary),
    _time("archived_at", nullable=True),
    Index("cart_archive_of_customer", "company_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    Index("cart_archive_of_order", "company_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index("cart_archive_reserved", "company_id", "object_key", postgresql_where=text("archived_at IS NULL")),
    info=retention(Kept("by it an ordered cart is found in the archive: a short row in place of the cart's rows")),
)
"""`archived_at` is null while the cart is only reserved for an object, and still in `carts`. `personal_key` opens what
the object says of a person; an erasure takes it away (docs/adr/0035)."""

product_snapshots = Table(
    "product_snapshots",
    METADATA,
    Column("variant_id", UUID, primary_key=True),
    _company(),
    Column("product_id", UUID, nullable=False),
    Column("product_version", BigInteger, nullable=False),
    Column("stock_version", BigInteger, nullable=False, server_default=text("0")),
    _text("sku"),
    _text("title"),
    _text("image_url", nullable=True),
    Column("options", JSONB, nullable=False),
    Column("prices", JSONB, nullable=False),
    Column("compare_at_prices", JSONB, nullable=False),
    Column("categories", ARRAY(Text), nullable=False),
    _text("tax_category", nullable=True),
    Column("active", Boolean, nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("backorderable", Boolean, nullable=False),
    Column("available", BigInteger),
    Index("ix_product_snapshots_product", "company_id", "product_id"),
    postgresql_with={"fillfactor": "80"},
    info=retention(GrowsWith("variants in the catalogue")),
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

erasures = Table(
    "erasures",
    METADATA,
    _id(),
    _company(),
    Column("customer_hash", LargeBinary, nullable=False),
    _text("customer_sealed", nullable=True),
    Column("version", Integer, nullable=False),
    _time("requested_at"),
    _time("watched_until"),
    UniqueConstraint("company_id", "customer_hash", name="erasures_one_per_customer"),
    UniqueConstraint("company_id", "id", name="erasures_company_id"),
    Index("erasures_watched", "watched_until", postgresql_where=text("customer_sealed IS NOT NULL")),
    Index("erasures_by_age", "requested_at"),
    info=retention(EndedByJob("PurgeErasures", "two years after the request")),
)
"""`customer_hash` is keyed: whom an erasure is about is recognised, and not read. `customer_sealed` is there while what
the customer still makes is erased too."""

erasure_steps = Table(
    "erasure_steps",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("erasure_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("service", Text, primary_key=True),
    _time("erased_at", nullable=True),
    ForeignKeyConstraint(["company_id", "erasure_id"], ["erasures.company_id", "erasures.id"], ondelete="CASCADE"),
    info=retention(EndsWith("erasures")),
)
