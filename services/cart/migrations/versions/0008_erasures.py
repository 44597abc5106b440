"""Erasures of customers, and how far each service is with them."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0008"
down_revision = "0007"

ERASURES = """
CREATE TABLE erasures (
    id              uuid PRIMARY KEY,
    company_id      uuid NOT NULL,
    customer_hash   bytea NOT NULL,
    customer_sealed text,
    version         integer NOT NULL,
    requested_at    timestamptz NOT NULL,
    watched_until   timestamptz NOT NULL,
    CONSTRAINT erasures_one_per_customer UNIQUE (company_id, customer_hash),
    CONSTRAINT erasures_company_id UNIQUE (company_id, id)
);
CREATE INDEX erasures_watched ON erasures (watched_until) WHERE customer_sealed IS NOT NULL;
CREATE INDEX erasures_by_age ON erasures (requested_at);

CREATE TABLE erasure_steps (
    company_id uuid NOT NULL,
    erasure_id uuid NOT NULL,
    version    integer NOT NULL,
    service    text NOT NULL,
    erased_at  timestamptz,
    PRIMARY KEY (company_id, erasure_id, version, service),
    FOREIGN KEY (company_id, erasure_id) REFERENCES erasures (company_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_carts_merged_into ON carts (company_id, merged_into) WHERE merged_into IS NOT NULL;
"""


def upgrade() -> None:
    """Make the tables, and the index by which carts that went into a customer's are found."""
    for statement in filter(str.strip, ERASURES.split(";\n")):  # the driver takes one at a time
        op.execute(statement)
    for table in ("erasures", "erasure_steps"):
        enable_rls(table)
