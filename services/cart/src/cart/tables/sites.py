"""Companies and their sites."""

from servicekit.db.retention import GrowsWith, retention
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from cart.tables.columns import METADATA, id_column, text_column, time_column

companies = Table(
    "companies",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    text_column("name"),
    time_column("created_at"),
    info=retention(GrowsWith("shops that the platform serves")),
)

sites = Table(
    "sites",
    METADATA,
    id_column(),
    Column("company_id", UUID, ForeignKey("companies.company_id"), nullable=False),
    text_column("name"),
    text_column("type"),
    text_column("currency"),
    text_column("locale"),
    text_column("timezone"),
    text_column("portal_url"),
    text_column("merge_strategy"),
    Column("max_quantity_per_line", Integer, nullable=False),
    Column("max_lines", Integer, nullable=False),
    Column("abandonment_seconds", Integer, nullable=False),
    Column("cart_expiration_days", Integer, nullable=False),
    Column("inventory_mode", Text, nullable=False, server_default=text("'reserve_ttl'")),
    Column("enable_wishlist", Boolean, nullable=False, server_default=text("true")),
    Column("enable_compare", Boolean, nullable=False, server_default=text("false")),
    Column("max_compare_items", Integer, nullable=False, server_default=text("4")),
    Column("version", Integer, nullable=False),
    time_column("created_at"),
    time_column("updated_at"),
    Index("ix_sites_company", "company_id", "id"),
    info=retention(GrowsWith("companies' sites")),
)
