"""The tables of recovery, for Alembic's comparison only; every statement is written by hand in a repository."""

import sqlalchemy as sa
from servicekit.db.retention import EndedByJob, EndsWith, GrowsWith, Kept, retention
from sqlalchemy.dialects.postgresql import JSONB

METADATA = sa.MetaData()


def _company() -> sa.Column[object]:
    return sa.Column("company_id", sa.Uuid(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


sites = sa.Table(
    "sites",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("company_name", sa.Text(), nullable=False),
    sa.Column("locale", sa.Text(), nullable=False),
    sa.Column("timezone", sa.Text(), nullable=False),
    sa.Column("portal_url", sa.Text(), nullable=False),
    sa.Column("deleted", sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint("company_id", "id"),
    info=retention(GrowsWith("companies' sites")),
)
"""Replica of cart's sites, kept by SiteChanged."""

contacts = sa.Table(
    "contacts",
    METADATA,
    _company(),
    sa.Column("cart_id", sa.Uuid(), nullable=False),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("consent", sa.Boolean(), nullable=False),
    sa.Column("recipient_hash", sa.LargeBinary()),
    sa.Column("address_sealed", sa.LargeBinary()),
    sa.Column("locale", sa.Text()),
    _time("updated_at"),
    sa.Column("successor_cart_id", sa.Uuid()),
    sa.PrimaryKeyConstraint("company_id", "cart_id"),
    sa.Index("contacts_by_age", "updated_at"),
    sa.Index(
        "contacts_of_recipient",
        "company_id",
        "recipient_hash",
        postgresql_where=sa.text("recipient_hash IS NOT NULL"),
    ),
    sa.Index(
        "contacts_of_successor",
        "company_id",
        "successor_cart_id",
        postgresql_where=sa.text("successor_cart_id IS NOT NULL"),
    ),
    info=retention(EndedByJob("RecoveryContactPurge", "90 days after it was given")),
)
"""A cart's address, sealed, while its shopper consents; without consent the address is not kept."""

consents = sa.Table(
    "consents",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("cart_id", sa.Uuid(), nullable=False),
    sa.Column("recipient_hash", sa.LargeBinary(), nullable=False),
    sa.Column("granted", sa.Boolean(), nullable=False),
    _time("recorded_at"),
    sa.Index("consents_of_cart", "company_id", "cart_id"),
    sa.Index("consents_of_recipient", "company_id", "recipient_hash", "recorded_at"),
    info=retention(Kept("the proof of consent, by keyed hash")),
)
"""Each shopper's consent or refusal, and when: the proof of consent, append-only, by the event's id."""

campaigns = sa.Table(
    "campaigns",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("daily_cap_per_recipient", sa.Integer()),
    sa.Column("quiet_from", sa.Time()),
    sa.Column("quiet_until", sa.Time()),
    _time("created_at"),
    _time("updated_at"),
    _time("deleted_at", nullable=True),
    sa.Index("campaigns_one_per_company", "company_id", unique=True, postgresql_where=sa.text("deleted_at IS NULL")),
    info=retention(Kept("configuration, marked as deleted: past mails name it")),
)

campaign_steps = sa.Table(
    "campaign_steps",
    METADATA,
    _company(),
    sa.Column("campaign_id", sa.Uuid(), sa.ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.SmallInteger(), nullable=False),
    sa.Column("delay_seconds", sa.Integer(), nullable=False),
    sa.Column("texts", JSONB(), nullable=False),
    sa.PrimaryKeyConstraint("company_id", "campaign_id", "position"),
    info=retention(Kept("part of its campaign")),
)

recoveries = sa.Table(
    "recoveries",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("site_id", sa.Uuid(), nullable=False),
    sa.Column("cart_id", sa.Uuid(), nullable=False),
    sa.Column("cart_version", sa.BigInteger(), nullable=False),
    sa.Column("abandonment_id", sa.Uuid(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("stop_reason", sa.Text()),
    sa.Column("recipient_hash", sa.LargeBinary()),
    sa.Column("currency", sa.Text(), nullable=False),
    sa.Column("item_count", sa.Integer(), nullable=False),
    sa.Column("total", sa.BigInteger(), nullable=False),
    sa.Column("lines", JSONB(), nullable=False),
    _time("abandoned_at"),
    _time("last_activity_at"),
    sa.Column("next_step", sa.SmallInteger()),
    _time("next_due_at", nullable=True),
    sa.Column("postponed", sa.Integer(), nullable=False),
    sa.Column("unwritten", sa.Integer(), nullable=False),
    sa.Column("traceparent", sa.Text()),
    _time("restored_at", nullable=True),
    sa.Column("merged_into_cart_id", sa.Uuid()),
    sa.Column("attribution", sa.Text()),
    sa.Column("order_id", sa.Text()),
    sa.Column("revenue", sa.BigInteger()),
    _time("attributed_at", nullable=True),
    _time("created_at"),
    _time("updated_at"),
    sa.UniqueConstraint("company_id", "abandonment_id", name="recoveries_one_per_abandonment"),
    sa.Index("recoveries_of_cart", "company_id", "cart_id"),
    sa.Index(
        "recoveries_of_merged_cart",
        "company_id",
        "merged_into_cart_id",
        postgresql_where=sa.text("merged_into_cart_id IS NOT NULL"),
    ),
    sa.Index(
        "recoveries_of_any_recipient",
        "company_id",
        "recipient_hash",
        postgresql_where=sa.text("recipient_hash IS NOT NULL"),
    ),
    sa.Index("recoveries_queue", "company_id", sa.text("abandoned_at DESC"), sa.text("id DESC")),
    sa.Index("recoveries_due", "next_due_at", postgresql_where=sa.text("next_due_at IS NOT NULL")),
    sa.Index(
        "recoveries_of_recipient",
        "company_id",
        "recipient_hash",
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    ),
    sa.Index(
        "recoveries_one_per_order",
        "company_id",
        "order_id",
        unique=True,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    ),
    info=retention(EndedByJob("RecoveryPurge", "two years after it began")),
)
"""One idle period of one cart, and how far its sequence of mails has come."""

recovery_messages = sa.Table(
    "recovery_messages",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("recovery_id", sa.Uuid(), sa.ForeignKey("recoveries.id", ondelete="CASCADE"), nullable=False),
    sa.Column("recipient_hash", sa.LargeBinary(), nullable=False),
    sa.Column("cart_id", sa.Uuid(), nullable=False),
    sa.Column("abandonment_id", sa.Uuid(), nullable=False),
    sa.Column("step", sa.SmallInteger(), nullable=False),
    sa.Column("status", sa.Text(), nullable=False),
    sa.Column("provider_id", sa.Text()),
    sa.Column("failure", sa.Text()),
    _time("claimed_at"),
    _time("sent_at", nullable=True),
    _time("clicked_at", nullable=True),
    sa.UniqueConstraint(
        "company_id", "recipient_hash", "cart_id", "abandonment_id", "step", name="recovery_messages_at_most_one"
    ),
    sa.UniqueConstraint("company_id", "recovery_id", "step", name="recovery_messages_one_per_step"),
    sa.Index("recovery_messages_of_recovery", "recovery_id"),
    sa.Index("recovery_messages_of_recipient", "company_id", "recipient_hash", sa.text("claimed_at DESC")),
    sa.Index("recovery_messages_claimed", "claimed_at", postgresql_where=sa.text("status = 'CLAIMED'")),
    info=retention(EndsWith("recoveries")),
)
"""One mail of one step; the row is the right to send it (rules.md 28)."""

recovery_clicks = sa.Table(
    "recovery_clicks",
    METADATA,
    _company(),
    sa.Column("recovery_id", sa.Uuid(), sa.ForeignKey("recoveries.id", ondelete="CASCADE"), nullable=False),
    sa.Column("step", sa.SmallInteger(), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    _time("clicked_at"),
    sa.PrimaryKeyConstraint("company_id", "recovery_id", "step", "day"),
    sa.Index("recovery_clicks_of_recovery", "recovery_id"),
    info=retention(EndsWith("recoveries")),
)
"""A person's clicks, one row a message and day."""

suppressions = sa.Table(
    "suppressions",
    METADATA,
    _company(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("recipient_hash", sa.LargeBinary(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("company_id", "recipient_hash", name="suppressions_one_per_recipient"),
    info=retention(Kept("who must get no mail, by keyed hash")),
)
"""Who gets no more recovery mail from a company, as a keyed hash; the address itself is not kept."""
