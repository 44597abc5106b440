"""Wishlists and comparisons: one for each customer and site, or for each guest's session."""

from servicekit.db.retention import EndedByJob, EndsWith, GrowsWith, retention
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.sql.schema import SchemaItem

from cart.tables.columns import METADATA, company_column, id_column, text_column, time_column


def _of_owner(table: str) -> tuple[SchemaItem, ...]:
    """What both have: whose they are, and the SHA-256 of the token of the link that opens them."""
    return (
        company_column(primary=True),
        id_column(),
        Column("site_id", UUID, ForeignKey("sites.id"), nullable=False),
        text_column("customer_id", nullable=True),
        Column("session_hash", LargeBinary, ForeignKey("cart_sessions.token_hash", ondelete="CASCADE")),
        Column("version", Integer, nullable=False),
        Column("share_hash", LargeBinary),
        time_column("shared_until", nullable=True),
        time_column("created_at"),
        time_column("updated_at"),
        CheckConstraint("(customer_id IS NULL) <> (session_hash IS NULL)", name=f"{table}_one_owner"),
        _unique(table, "customer", "company_id", "customer_id", "site_id"),
        _unique(table, "session", "session_hash", "company_id"),
        _unique(table, "share", "share_hash", "company_id"),
    )


def _unique(table: str, name: str, *columns: str) -> Index:
    """One row for each, of those that have it."""
    given = next(column for column in columns if column != "company_id")
    return Index(f"uq_{table}_{name}", *columns, unique=True, postgresql_where=text(f"{given} IS NOT NULL"))


def _of_product(items: str, lists: str, column: str) -> tuple[SchemaItem, ...]:
    """What the items of both have: a product, or one variant of it, once on a list."""
    return (
        company_column(primary=True),
        id_column(),
        Column(column, UUID, nullable=False),
        Column("product_id", UUID, nullable=False),
        Column("variant_id", UUID),
        time_column("created_at"),
        ForeignKeyConstraint(["company_id", column], [f"{lists}.company_id", f"{lists}.id"], ondelete="CASCADE"),
        Index(
            f"uq_{items}_product",
            "company_id",
            column,
            "product_id",
            "variant_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )


wishlists = Table(
    "wishlists",
    METADATA,
    *_of_owner("wishlists"),
    info=retention(GrowsWith("customers of sites; a guest's goes with the session that opens their cart")),
)

wishlist_items = Table(
    "wishlist_items",
    METADATA,
    *_of_product("wishlist_items", "wishlists", "wishlist_id"),
    Column("quantity", Integer, nullable=False),
    text_column("note", nullable=True),
    Column("options", JSONB, nullable=False),
    Column("rank", Integer, nullable=False),
    info=retention(EndsWith("wishlists")),
)

product_comparisons = Table(
    "product_comparisons",
    METADATA,
    *_of_owner("product_comparisons"),
    time_column("expires_at"),
    Index("ix_product_comparisons_expiry", "expires_at"),
    info=retention(EndedByJob("PurgeOldComparisons", "90 days after it was last used")),
)

product_comparison_items = Table(
    "product_comparison_items",
    METADATA,
    *_of_product("product_comparison_items", "product_comparisons", "comparison_id"),
    info=retention(EndsWith("product_comparisons")),
)
