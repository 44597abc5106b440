"""The first tables of recovery."""

from alembic import op
from servicekit.db.migrations import create_chassis_tables, enable_rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "sites",
    "contacts",
    "consents",
    "campaigns",
    "campaign_steps",
    "recoveries",
    "recovery_messages",
    "recovery_clicks",
    "suppressions",
)


def upgrade() -> None:
    """Make the chassis' tables and recovery's own, each with row-level security forced."""
    create_chassis_tables()
    _sites_and_contacts()
    _consents_and_suppressions()
    _campaigns()
    _recoveries()
    _indexes_of_recoveries()
    _messages()
    for table in TENANT_TABLES:
        enable_rls(table)


def _sites_and_contacts() -> None:
    _run("""
        CREATE TABLE sites (
            company_id uuid NOT NULL,
            id uuid NOT NULL,
            version bigint NOT NULL,
            name text NOT NULL,
            company_name text NOT NULL,
            locale text NOT NULL,
            timezone text NOT NULL,
            portal_url text NOT NULL,
            deleted boolean NOT NULL,
            PRIMARY KEY (company_id, id)
        );
        CREATE TABLE contacts (
            company_id uuid NOT NULL,
            cart_id uuid NOT NULL,
            version bigint NOT NULL,
            consent boolean NOT NULL,
            recipient_hash bytea,
            address_sealed bytea,
            locale text,
            updated_at timestamptz NOT NULL,
            successor_cart_id uuid,
            PRIMARY KEY (company_id, cart_id),
            CONSTRAINT contacts_no_address_without_consent CHECK (
                consent = (address_sealed IS NOT NULL) AND consent = (recipient_hash IS NOT NULL)
            )
        );
        CREATE INDEX contacts_by_age ON contacts (updated_at);
    """)


def _consents_and_suppressions() -> None:
    _run("""
        CREATE TABLE consents (
            company_id uuid NOT NULL,
            id uuid PRIMARY KEY,
            cart_id uuid NOT NULL,
            recipient_hash bytea NOT NULL,
            granted boolean NOT NULL,
            recorded_at timestamptz NOT NULL
        );
        CREATE INDEX consents_of_recipient ON consents (company_id, recipient_hash, recorded_at);
        CREATE TABLE suppressions (
            company_id uuid NOT NULL,
            id uuid PRIMARY KEY,
            recipient_hash bytea NOT NULL,
            reason text NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'staff')),
            created_at timestamptz NOT NULL,
            CONSTRAINT suppressions_one_per_recipient UNIQUE (company_id, recipient_hash)
        );
    """)


def _campaigns() -> None:
    _run("""
        CREATE TABLE campaigns (
            company_id uuid NOT NULL,
            id uuid PRIMARY KEY,
            name text NOT NULL,
            active boolean NOT NULL,
            daily_cap_per_recipient integer CHECK (daily_cap_per_recipient >= 1),
            quiet_from time,
            quiet_until time,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz,
            CONSTRAINT campaigns_quiet_hours_whole CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
        );
        CREATE UNIQUE INDEX campaigns_one_per_company ON campaigns (company_id) WHERE deleted_at IS NULL;
        CREATE TABLE campaign_steps (
            company_id uuid NOT NULL,
            campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
            position smallint NOT NULL CHECK (position >= 1),
            delay_seconds integer NOT NULL CHECK (delay_seconds >= 0),
            texts jsonb NOT NULL,
            PRIMARY KEY (company_id, campaign_id, position)
        );
    """)


def _recoveries() -> None:
    _run("""
        CREATE TABLE recoveries (
            company_id uuid NOT NULL,
            id uuid PRIMARY KEY,
            version bigint NOT NULL,
            site_id uuid NOT NULL,
            cart_id uuid NOT NULL,
            cart_version bigint NOT NULL,
            abandonment_id uuid NOT NULL,
            status text NOT NULL CHECK (status IN ('OPEN', 'FINISHED', 'STOPPED')),
            stop_reason text,
            recipient_hash bytea,
            currency text NOT NULL,
            item_count integer NOT NULL,
            total bigint NOT NULL,
            lines jsonb NOT NULL,
            abandoned_at timestamptz NOT NULL,
            last_activity_at timestamptz NOT NULL,
            next_step smallint,
            next_due_at timestamptz,
            postponed integer NOT NULL,
            unwritten integer NOT NULL,
            traceparent text,
            restored_at timestamptz,
            merged_into_cart_id uuid,
            attribution text CHECK (attribution IN ('recovered', 'influenced')),
            order_id text,
            revenue bigint,
            attributed_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CONSTRAINT recoveries_one_per_abandonment UNIQUE (company_id, abandonment_id),
            CONSTRAINT recoveries_only_open_are_due CHECK (next_due_at IS NULL OR status = 'OPEN'),
            CONSTRAINT recoveries_stopped_for_a_reason CHECK ((status = 'STOPPED') = (stop_reason IS NOT NULL))
        );
    """)


def _indexes_of_recoveries() -> None:
    _run("""
        CREATE INDEX recoveries_of_cart ON recoveries (company_id, cart_id);
        CREATE INDEX recoveries_of_merged_cart ON recoveries (company_id, merged_into_cart_id)
            WHERE merged_into_cart_id IS NOT NULL;
        CREATE INDEX recoveries_queue ON recoveries (company_id, abandoned_at DESC, id DESC);
        CREATE INDEX recoveries_due ON recoveries (next_due_at) WHERE next_due_at IS NOT NULL;
        CREATE INDEX recoveries_of_recipient ON recoveries (company_id, recipient_hash) WHERE next_due_at IS NOT NULL;
        CREATE UNIQUE INDEX recoveries_one_per_order ON recoveries (company_id, order_id) WHERE order_id IS NOT NULL;
    """)


def _messages() -> None:
    _run("""
        CREATE TABLE recovery_messages (
            company_id uuid NOT NULL,
            id uuid PRIMARY KEY,
            recovery_id uuid NOT NULL REFERENCES recoveries (id) ON DELETE CASCADE,
            recipient_hash bytea NOT NULL,
            cart_id uuid NOT NULL,
            abandonment_id uuid NOT NULL,
            step smallint NOT NULL,
            status text NOT NULL CHECK (status IN ('CLAIMED', 'SENT', 'FAILED', 'UNKNOWN')),
            provider_id text,
            failure text,
            claimed_at timestamptz NOT NULL,
            sent_at timestamptz,
            clicked_at timestamptz,
            CONSTRAINT recovery_messages_at_most_one
                UNIQUE (company_id, recipient_hash, cart_id, abandonment_id, step),
            CONSTRAINT recovery_messages_one_per_step UNIQUE (company_id, recovery_id, step)
        );
        CREATE INDEX recovery_messages_of_recipient ON recovery_messages (company_id, recipient_hash, claimed_at DESC);
        CREATE INDEX recovery_messages_claimed ON recovery_messages (claimed_at) WHERE status = 'CLAIMED';
        CREATE TABLE recovery_clicks (
            company_id uuid NOT NULL,
            recovery_id uuid NOT NULL REFERENCES recoveries (id) ON DELETE CASCADE,
            step smallint NOT NULL,
            day date NOT NULL,
            clicked_at timestamptz NOT NULL,
            PRIMARY KEY (company_id, recovery_id, step, day)
        );
    """)


def _run(statements: str) -> None:
    """Execute statements one by one: the driver takes no more than one at a time."""
    for statement in statements.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first tables: drop the database instead."""
    raise NotImplementedError("the first migration cannot be undone")
