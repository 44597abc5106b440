"""The tables of the upsell service as Alembic compares them; what reads and writes them is each noun's repository."""

from servicekit.db.retention import EndedByJob, GrowsWith, retention
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

MOMENT = DateTime(timezone=True)

product_snapshots = Table(
    "product_snapshots",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("product_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="of the product when this was so; older news is ignored"),
    Column("title", Text, nullable=False),
    Column("image_url", Text),
    Column("active", Boolean, nullable=False),
    info=retention(GrowsWith("products in the catalogue")),
)

variant_snapshots = Table(
    "variant_snapshots",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("variant_id", Uuid, primary_key=True),
    Column("product_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("prices", JSONB, nullable=False, comment="minor units by currency"),
    Column("active", Boolean, nullable=False),
    Column("tracked", Boolean, nullable=False),
    Column("backorderable", Boolean, nullable=False),
    Index("variant_snapshots_of_product", "company_id", "product_id", "position"),
    info=retention(GrowsWith("variants in the catalogue")),
)

stock_snapshots = Table(
    "stock_snapshots",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("variant_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="of the stock; 0: only what the product said"),
    Column("available", BigInteger, nullable=False),
    info=retention(GrowsWith("variants in the catalogue")),
)

purchases_seen = Table(
    "purchases_seen",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("cart_id", Uuid, primary_key=True),
    Column("converted_at", MOMENT, nullable=False),
    info=retention(EndedByJob("ForgetPurchases", "90 days after the sale; no event is delivered that late")),
)

product_totals = Table(
    "product_totals",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("product_id", Uuid, primary_key=True),
    Column("orders", BigInteger, nullable=False),
    Column("units", BigInteger, nullable=False),
    Index("product_totals_best", "company_id", "orders", "product_id"),
    info=retention(GrowsWith("products in the catalogue")),
)

item_pairs = Table(
    "item_pairs",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("product_a", Uuid, primary_key=True),
    Column("product_b", Uuid, primary_key=True),
    Column("count", BigInteger, nullable=False, comment="orders that had both"),
    CheckConstraint("product_a < product_b", name="item_pairs_order"),
    Index("item_pairs_reverse", "company_id", "product_b", "product_a"),
    info=retention(GrowsWith("pairs of products that were bought together")),
)

recommendations = Table(
    "recommendations",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("cart_id", Uuid, primary_key=True),
    Column("id", Uuid, nullable=False, comment="the aggregate that the upsell events of this cart are about"),
    Column("version", Integer, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("basis", Text, nullable=False),
    Column("product_ids", ARRAY(Uuid), nullable=False, comment="what UpsellShown last named, best first"),
    Column("cart_version", Integer, nullable=False, comment="of the cart when it was last shown something"),
    Column("shown_at", MOMENT, comment="null: something was added or dismissed before anything was shown"),
    Column("touched_at", MOMENT, nullable=False),
    UniqueConstraint("company_id", "id", name="recommendations_id"),
    Index("recommendations_touched", "touched_at"),
    info=retention(EndedByJob("ForgetOldRecommendations", "90 days after it was last touched")),
)

dismissals = Table(
    "dismissals",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("cart_id", Uuid, primary_key=True),
    Column("product_id", Uuid, primary_key=True),
    Column("dismissed_at", MOMENT, nullable=False),
    Index("dismissals_dismissed", "dismissed_at"),
    info=retention(EndedByJob("ForgetOldRecommendations", "90 days after it was made")),
)
