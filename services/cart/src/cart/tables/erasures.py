"""Erasures of customers, and who has answered."""

from servicekit.db.retention import EndedByJob, EndsWith, retention
from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID

from cart.tables.columns import METADATA, company_column, id_column, text_column, time_column

erasures = Table(
    "erasures",
    METADATA,
    company_column(primary=True),
    id_column(),
    Column("customer_hash", LargeBinary, nullable=False),
    text_column("customer_sealed", nullable=True),
    Column("version", Integer, nullable=False),
    time_column("requested_at"),
    time_column("watched_until"),
    UniqueConstraint("company_id", "customer_hash", name="erasures_one_per_customer"),
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
    time_column("erased_at", nullable=True),
    ForeignKeyConstraint(["company_id", "erasure_id"], ["erasures.company_id", "erasures.id"], ondelete="CASCADE"),
    info=retention(EndsWith("erasures")),
)
