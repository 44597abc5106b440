"""The analytics service's tables as Alembic compares them; what reads and writes them is each noun's repository."""

from servicekit.db.retention import GrowsWith, Kept, retention
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

_TIME = DateTime(timezone=True)
_ZERO = text("0")
_FALSE = text("false")


def _moment(name: str) -> Column[object]:
    return Column(name, _TIME)


def _sum(name: str) -> Column[object]:
    return Column(name, BigInteger, nullable=False, server_default=_ZERO)


events = Table(
    "events",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("cart_id", Uuid),
    Column("occurred_at", _TIME, nullable=False),
    Column("received_at", _TIME, nullable=False),
    Column("data", JSONB, nullable=False),
    PrimaryKeyConstraint("company_id", "event_id", "occurred_at", name="events_pkey"),
    UniqueConstraint(
        "company_id", "aggregate_id", "aggregate_version", "type", "occurred_at", name="events_aggregate_version_key"
    ),
    Index(
        "events_of_cart",
        "company_id",
        "cart_id",
        "occurred_at",
        "event_id",
        postgresql_where=text("cart_id IS NOT NULL"),
    ),
    Index("events_of_type", "company_id", "type", "occurred_at"),
    postgresql_partition_by="RANGE (occurred_at)",
    info=retention(Kept("the log from which every figure can be rebuilt; EVENT_LOG_MONTHS ends what is older")),
)
"""The append-only log, a partition a month (docs/adr/0036); `events_default` takes what no month has room for yet."""

event_log_begin = Table(
    "event_log_begin",
    METADATA,
    Column("begins_at", _TIME, primary_key=True),
    info=retention(GrowsWith("one row: from when on the log has every event, once older months were dropped")),
)

cart_facts = Table(
    "cart_facts",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("state_version", BigInteger),
    Column("state_rank", SmallInteger),
    Column("status", Text),
    Column("site_id", Uuid),
    Column("currency", Text),
    Column("contents_version", BigInteger),
    Column("contents_rank", SmallInteger),
    Column("item_count", BigInteger),
    Column("value", BigInteger),
    Column("sale_version", BigInteger),
    Column("revenue", BigInteger),
    Column("quantity", BigInteger),
    Column("discounts", BigInteger),
    _moment("created_at"),
    _moment("first_item_at"),
    _moment("viewed_at"),
    _moment("checkout_started_at"),
    _moment("first_abandoned_at"),
    _moment("last_abandoned_at"),
    _moment("converted_at"),
    _moment("merged_at"),
    _moment("expired_at"),
    _moment("recovered_at"),
    _moment("influenced_at"),
    _sum("abandonments"),
    _sum("reactivations"),
    _sum("quantity_added"),
    _sum("recovered_revenue"),
    _sum("influenced_revenue"),
    Column("had_line", Boolean, nullable=False, server_default=_FALSE),
    Column("excluded", Boolean, nullable=False, server_default=_FALSE),
    PrimaryKeyConstraint("company_id", "cart_id", name="cart_facts_pkey"),
    info=retention(Kept("what the figures are summed from, a row a cart")),
)
"""One row a cart, the columns as in projections.domain.cart_facts. Triggers carry every change into `figures`."""

cart_products = Table(
    "cart_products",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("product_id", Uuid, nullable=False),
    _moment("added_at"),
    _moment("abandoned_at"),
    _moment("converted_at"),
    _sum("quantity_added"),
    _sum("quantity_converted"),
    _sum("revenue"),
    PrimaryKeyConstraint("company_id", "cart_id", "product_id", name="cart_products_pkey"),
    Index("cart_products_added", "company_id", "added_at", postgresql_where=text("added_at IS NOT NULL")),
    Index("cart_products_abandoned", "company_id", "abandoned_at", postgresql_where=text("abandoned_at IS NOT NULL")),
    Index("cart_products_converted", "company_id", "converted_at", postgresql_where=text("converted_at IS NOT NULL")),
    info=retention(Kept("what the figures of products are summed from, a row a cart and product")),
)
"""What happened to a product in a cart."""

figures = Table(
    "figures",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("bucket_start", _TIME, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("company_id", "currency", "measure", "bucket_start", "site_id", name="figures_pkey"),
    info=retention(Kept("sums of quarters of an hour: what reports show of past years")),
)
"""Sums of the measures by bucket of 15 minutes: hours, days and weeks of every time zone are made of those."""

products = Table(
    "products",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    PrimaryKeyConstraint("company_id", "product_id", name="products_pkey"),
    info=retention(GrowsWith("products in the catalogue")),
)
"""Titles of products, by the newest version received."""

sites = Table(
    "sites",
    METADATA,
    Column("company_id", Uuid, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    PrimaryKeyConstraint("company_id", "site_id", name="sites_pkey"),
    info=retention(GrowsWith("companies' sites")),
)
"""The sites, by the newest version received: default currency and time zone of a report."""
