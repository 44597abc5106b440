"""Carts with what belongs to one: sessions, lines, activity, its hold; and how many there are."""

from servicekit.db.retention import EndedByJob, EndsWith, GrowsWith, retention
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
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from cart.tables.columns import METADATA, amount_column, company_column, id_column, text_column, time_column

OPEN = "status IN ('ACTIVE', 'ABANDONED')"

carts = Table(
    "carts",
    METADATA,
    company_column(primary=True),
    id_column(),
    Column("site_id", UUID, ForeignKey("sites.id"), nullable=False),
    text_column("customer_id", nullable=True),
    text_column("status"),
    text_column("currency"),
    Column("version", Integer, nullable=False),
    Column("codes", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("item_count", Integer, nullable=False, server_default=text("0")),
    amount_column("subtotal"),
    amount_column("discount_total"),
    amount_column("shipping_total"),
    amount_column("tax_total"),
    amount_column("total"),
    Column("has_contact", Boolean, nullable=False, server_default=text("false")),
    time_column("last_activity_at"),
    time_column("check_at", nullable=True),
    time_column("expiry_check_at"),
    Column("abandonment_id", UUID),
    time_column("abandoned_at", nullable=True),
    Column("restored_abandonment_id", UUID),
    time_column("converted_at", nullable=True),
    text_column("order_id", nullable=True),
    Column("merged_into", UUID),
    Column("ordered", JSONB),
    time_column("viewed_at", nullable=True),
    Column("viewed_version", Integer),
    time_column("created_at"),
    time_column("updated_at"),
    Column("hold_fence", BigInteger, nullable=False, server_default=text("0")),
    text_column("hold_change", nullable=True),
    text_column("hold_change_order_id", nullable=True),
    time_column("hold_change_until", nullable=True),
    Column("address", JSONB),
    text_column("address_rules", nullable=True),
    time_column("address_until", nullable=True),
    Column("shipping_option_id", UUID),
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
    Index("ix_carts_due_address", "address_until", postgresql_where=text(f"address_until IS NOT NULL AND {OPEN}")),
    Index("ix_carts_due_expiry", "expiry_check_at", postgresql_where=text(OPEN)),
    Index("ix_carts_company_status", "company_id", "status", "id"),
    Index("ix_carts_company_site_status", "company_id", "site_id", "status", "id"),
    Index("ix_carts_company_customer", "company_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    Index("ix_carts_merged_into", "company_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("uq_carts_order", "company_id", "order_id", unique=True, postgresql_where=text("order_id IS NOT NULL")),
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
    company_column(),
    Column("cart_id", UUID, nullable=False),
    time_column("created_at"),
    ForeignKeyConstraint(["company_id", "cart_id"], ["carts.company_id", "carts.id"], ondelete="CASCADE"),
    Index("ix_cart_sessions_cart", "company_id", "cart_id"),
    info=retention(EndsWith("carts")),
)

cart_items = Table(
    "cart_items",
    METADATA,
    id_column(),
    company_column(),
    Column("cart_id", UUID, nullable=False),
    Column("product_id", UUID, nullable=False),
    Column("variant_id", UUID, nullable=False),
    text_column("sku"),
    text_column("title"),
    text_column("image_url", nullable=True),
    Column("options", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("compare_at_price", BigInteger),
    text_column("source", nullable=True),
    Column("meta", JSONB),
    Column("rental", JSONB),
    Column("bundle_group_id", UUID),
    time_column("created_at"),
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
    company_column(primary=True),
    id_column("cart_id"),
    id_column(),
    Column("version", Integer, nullable=False),
    text_column("kind"),
    text_column("actor"),
    Column("data", JSONB, nullable=False),
    time_column("at"),
    info=retention(EndsWith("carts")),
)

cart_holds = Table(
    "cart_holds",
    METADATA,
    Column("cart_id", UUID, primary_key=True),
    company_column(),
    Column("hold_id", UUID, nullable=False),
    Column("hold_version", Integer, nullable=False),
    text_column("status"),
    time_column("expires_at", nullable=True),
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
    text_column("currency"),
    text_column("status"),
    Column("carts", Integer, nullable=False),
    Column("with_lines", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    info=retention(EndedByJob("FoldCartCounts", "a few seconds after the change of its cart")),
)
"""Written by the triggers of `carts` (docs/adr/0039-counts-are-kept-by-notes.md)."""
