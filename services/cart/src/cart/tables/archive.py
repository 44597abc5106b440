"""Where ordered carts of long ago are."""

from servicekit.db.retention import Kept, retention
from sqlalchemy import Column, Index, LargeBinary, Table, text
from sqlalchemy.dialects.postgresql import UUID

from cart.tables.columns import METADATA, text_column, time_column

cart_archive = Table(
    "cart_archive",
    METADATA,
    Column("company_id", UUID, primary_key=True),
    Column("cart_id", UUID, primary_key=True),
    text_column("customer_id", nullable=True),
    text_column("order_id", nullable=True),
    time_column("converted_at"),
    text_column("object_key"),
    Column("personal_key", LargeBinary),
    Column("checksum", LargeBinary),
    time_column("archived_at", nullable=True),
    Index("cart_archive_of_customer", "company_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    Index("cart_archive_of_order", "company_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    Index("cart_archive_reserved", "company_id", "object_key", postgresql_where=text("archived_at IS NULL")),
    info=retention(Kept("by it an ordered cart is found in the archive: a short row in place of the cart's rows")),
)
"""`archived_at` is null while the cart is only reserved for an object, and still in `carts`. `personal_key` opens what
the object says of a person; an erasure takes it away (docs/adr/0035)."""
