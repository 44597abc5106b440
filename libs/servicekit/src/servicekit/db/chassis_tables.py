"""The tables that every service's database has: messaging, idempotency and the record of jobs (messaging.md, "Tables").

`V1` makes them in a service's first migration and never changes: a later form of the chassis is a `V2` that alters it,
run by a later migration. `METADATA` is their present form, against which every service is checked for drift.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from servicekit.db.retention import EndedByJob, GrowsWith, retention

V1 = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL CONSTRAINT outbox_event_id_key UNIQUE,
    company_id uuid NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    type text NOT NULL,
    dataschema text NOT NULL,
    routing_key text NOT NULL,
    data jsonb NOT NULL,
    traceparent text,
    tracestate text,
    correlation_id text,
    causation_id text,
    occurred_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    published_at timestamptz,
    CONSTRAINT outbox_fact_key UNIQUE (aggregate_type, aggregate_id, aggregate_version, type)
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received ON inbox (received_at);

CREATE TABLE inbox_cursor (
    consumer text NOT NULL,
    aggregate_id uuid NOT NULL,
    last_version bigint NOT NULL,
    PRIMARY KEY (consumer, aggregate_id)
);

CREATE TABLE idempotency_keys (
    company_id uuid NOT NULL,
    identity text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    answer bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, identity, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE job_runs (
    name text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    duration_seconds double precision,
    count bigint,
    details jsonb NOT NULL DEFAULT '{}',
    error text,
    runs bigint NOT NULL DEFAULT 0,
    failures bigint NOT NULL DEFAULT 0
);
"""

V2 = """
ALTER TABLE outbox SET (
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_vacuum_cost_limit = 1000
);
"""

V3 = """
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    company_id uuid NOT NULL,
    at timestamptz NOT NULL,
    service text NOT NULL,
    actor text NOT NULL,
    roles text[] NOT NULL,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id text NOT NULL,
    changes jsonb NOT NULL,
    request_id text NOT NULL
);
CREATE INDEX audit_log_of_company ON audit_log (company_id, id);
CREATE INDEX audit_log_of_actor ON audit_log (company_id, actor, id);
CREATE INDEX audit_log_of_subject ON audit_log (company_id, subject_id, id);
CREATE INDEX audit_log_by_age ON audit_log (at);
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '2 years' THEN RETURN OLD; END IF; -- the time that it is kept
    END IF; -- statements are divided where a semicolon ends a line
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege'; -- here too
END $$;
CREATE TRIGGER audit_log_rows_stay BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_log_stays BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""

V4 = """
ALTER TABLE inbox_cursor ADD COLUMN applied_at timestamptz NOT NULL DEFAULT now();
"""

V5 = """
CREATE TABLE job_pauses (
    name text PRIMARY KEY,
    paused_at timestamptz NOT NULL
);
"""

OUTBOX_STORAGE = {
    "autovacuum_vacuum_scale_factor": "0.01",
    "autovacuum_vacuum_threshold": "1000",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
}
"""Every row of the outbox dies once, when it is marked, and leaves an entry in the index that the relay reads: a fifth
of a week's rows, PostgreSQL's own limit, would be dead before it tidied up."""

METADATA = MetaData()

_TIME = DateTime(timezone=True)

Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("company_id", Uuid, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("dataschema", Text, nullable=False),
    Column("routing_key", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("traceparent", Text),
    Column("tracestate", Text),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    Column("occurred_at", _TIME, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    Column("published_at", _TIME),
    UniqueConstraint("event_id", name="outbox_event_id_key"),
    UniqueConstraint("aggregate_type", "aggregate_id", "aggregate_version", "type", name="outbox_fact_key"),
    Index("outbox_waiting", "id", postgresql_where=text("published_at IS NULL")),
    Index("outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    info=retention(EndedByJob("PurgeOutbox", "7 days after it was published")),
)

Table(
    "inbox",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", _TIME, nullable=False, server_default=text("now()")),
    Index("inbox_received", "received_at"),
    info=retention(EndedByJob("PurgeInbox", "30 days after it was received")),
)

Table(
    "inbox_cursor",
    METADATA,
    Column("consumer", Text, primary_key=True),
    Column("aggregate_id", Uuid, primary_key=True),
    Column("last_version", BigInteger, nullable=False),
    Column("applied_at", _TIME, nullable=False, server_default=text("now()")),
    info=retention(EndedByJob("PurgeInboxCursors", "30 days after the last event about the aggregate")),
)

Table(
    "idempotency_keys",
    METADATA,
    Column("company_id", Uuid, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("answer", LargeBinary),
    Column("created_at", _TIME, nullable=False, server_default=text("now()")),
    Index("idempotency_keys_created", "created_at"),
    info=retention(EndedByJob("PurgeIdempotencyKeys", "24 hours after the call")),
)

Table(
    "job_runs",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("started_at", _TIME, nullable=False),
    Column("finished_at", _TIME),
    Column("duration_seconds", Double),
    Column("count", BigInteger),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("error", Text),
    Column("runs", BigInteger, nullable=False, server_default=text("0")),
    Column("failures", BigInteger, nullable=False, server_default=text("0")),
    info=retention(GrowsWith("jobs")),
)

Table(
    "job_pauses",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("paused_at", _TIME, nullable=False),
    info=retention(GrowsWith("jobs")),
)

Table(
    "audit_log",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("company_id", Uuid, nullable=False),
    Column("at", _TIME, nullable=False),
    Column("service", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("request_id", Text, nullable=False),
    Index("audit_log_of_company", "company_id", "id"),
    Index("audit_log_of_actor", "company_id", "actor", "id"),
    Index("audit_log_of_subject", "company_id", "subject_id", "id"),
    Index("audit_log_by_age", "at"),
    info=retention(EndedByJob("PurgeAuditLog", "two years after the act")),
)
