"""Wishlists and comparisons, what they show of products, and whether a site has them."""

from alembic import op
from servicekit.db.migrations import enable_rls

revision = "0026"
down_revision = "0025"

SITES = """
ALTER TABLE sites
    ADD COLUMN enable_wishlist boolean NOT NULL DEFAULT true,
    ADD COLUMN enable_compare boolean NOT NULL DEFAULT false,
    ADD COLUMN max_compare_items integer NOT NULL DEFAULT 4
"""
DETAILS = """
CREATE TABLE product_details (
    company_id uuid NOT NULL,
    product_id uuid NOT NULL,
    product_version bigint NOT NULL,
    title text NOT NULL,
    slug text NOT NULL,
    attributes jsonb NOT NULL,
    PRIMARY KEY (company_id, product_id)
)
"""
LISTS = """
CREATE TABLE {table} (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    site_id uuid NOT NULL REFERENCES sites (id),
    customer_id text,
    session_hash bytea REFERENCES cart_sessions (token_hash) ON DELETE CASCADE,
    version integer NOT NULL,
    share_hash bytea,
    shared_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    {more}
    PRIMARY KEY (company_id, id),
    CONSTRAINT {table}_one_owner CHECK ((customer_id IS NULL) <> (session_hash IS NULL))
)
"""
ITEMS = """
CREATE TABLE {table} (
    company_id uuid NOT NULL,
    id uuid NOT NULL,
    {column} uuid NOT NULL,
    product_id uuid NOT NULL,
    variant_id uuid,
    created_at timestamptz NOT NULL,
    {more}
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, {column}) REFERENCES {lists} ON DELETE CASCADE
)
"""
WISH = "quantity integer NOT NULL, note text, options jsonb NOT NULL, rank integer NOT NULL,"
OWNERS = (
    "CREATE UNIQUE INDEX uq_{table}_customer ON {table} (company_id, customer_id, site_id)"
    " WHERE customer_id IS NOT NULL",
    "CREATE UNIQUE INDEX uq_{table}_session ON {table} (session_hash, company_id) WHERE session_hash IS NOT NULL",
    "CREATE UNIQUE INDEX uq_{table}_share ON {table} (share_hash, company_id) WHERE share_hash IS NOT NULL",
)
ONCE = """
CREATE UNIQUE INDEX uq_{table}_product ON {table} (company_id, {column}, product_id, variant_id) NULLS NOT DISTINCT
"""
EXPIRY = "CREATE INDEX ix_product_comparisons_expiry ON product_comparisons (expires_at)"
KINDS = (
    ("wishlists", "", "wishlist_items", "wishlist_id", WISH),
    ("product_comparisons", "expires_at timestamptz NOT NULL,", "product_comparison_items", "comparison_id", ""),
)


def upgrade() -> None:
    """Make the columns and the tables; an older version of the service neither reads nor writes them."""
    op.execute(SITES)
    op.execute(DETAILS)
    enable_rls("product_details")
    for lists, of_list, items, column, of_item in KINDS:
        op.execute(LISTS.format(table=lists, more=of_list))
        op.execute(ITEMS.format(table=items, lists=lists, column=column, more=of_item))
        for index in OWNERS:
            op.execute(index.format(table=lists))
        op.execute(ONCE.format(table=items, column=column))
        enable_rls(lists)
        enable_rls(items)
    op.execute(EXPIRY)
