"""Version 2 of the measures and the names that stay: buckets for quarters, quantity for units, contents for snapshot.

The triggers do what they did since 0002; they are made again because they name what is renamed.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

FROZEN = Path(__file__).parents[1] / "measures" / "2.sql"

RENAMED = (
    "ALTER TABLE figures RENAME COLUMN quarter TO bucket_start",
    "ALTER TABLE cart_facts RENAME COLUMN snapshot_version TO contents_version",
    "ALTER TABLE cart_facts RENAME COLUMN snapshot_rank TO contents_rank",
    "ALTER TABLE cart_facts RENAME COLUMN units TO quantity",
    "ALTER TABLE cart_facts RENAME COLUMN units_added TO quantity_added",
    "ALTER TABLE cart_products RENAME COLUMN units_added TO quantity_added",
    "ALTER TABLE cart_products RENAME COLUMN units_converted TO quantity_converted",
    "ALTER TABLE events RENAME CONSTRAINT events_fact_key TO events_aggregate_version_key",
)

DROPPED = (
    "DROP TRIGGER figures_follow_new_facts ON cart_facts",
    "DROP TRIGGER figures_follow_changed_facts ON cart_facts",
    "DROP TRIGGER figures_follow_lost_facts ON cart_facts",
    "DROP FUNCTION figures_follow_facts()",
    "DROP FUNCTION move_figures(cart_facts[], cart_facts[])",
)

CHANGE_FIGURES = """
CREATE FUNCTION change_figures(before cart_facts[], after cart_facts[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    emptied figures[];
BEGIN
    WITH change AS (
        SELECT company_id, currency, measure, bucket_start, site_id, sum(amount)::bigint AS amount
        FROM (
            SELECT g.company_id, g.currency, g.measure, g.bucket_start, g.site_id, -g.amount AS amount
            FROM unnest(before) AS f, figures_of(f) AS g
            UNION ALL
            SELECT g.company_id, g.currency, g.measure, g.bucket_start, g.site_id, g.amount
            FROM unnest(after) AS f, figures_of(f) AS g
        ) AS both_sides
        GROUP BY company_id, currency, measure, bucket_start, site_id
        HAVING sum(amount) <> 0
        ORDER BY company_id, currency, measure, bucket_start, site_id
    ), changed AS (
        INSERT INTO figures AS f (company_id, currency, measure, bucket_start, site_id, amount)
        SELECT company_id, currency, measure, bucket_start, site_id, amount FROM change
        ON CONFLICT (company_id, currency, measure, bucket_start, site_id)
            DO UPDATE SET amount = f.amount + EXCLUDED.amount
        RETURNING f.*
    )
    SELECT array_agg(ROW(changed.*)::figures) INTO emptied FROM changed WHERE amount = 0;

    IF emptied IS NOT NULL THEN
        DELETE FROM figures AS f USING unnest(emptied) AS e
        WHERE (f.company_id, f.currency, f.measure, f.bucket_start, f.site_id)
            = (e.company_id, e.currency, e.measure, e.bucket_start, e.site_id);
    END IF;
END
$$
"""
"""Subtract what the rows counted before, and add what they count after.

Sums commute, so transactions may do this in any order; figures are locked in the order of their key, so they never
deadlock; a figure that becomes 0 leaves no row.
"""

FOLLOW_CART_FACTS = """
CREATE FUNCTION figures_follow_cart_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before cart_facts[];
    after cart_facts[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(ROW(o.*)::cart_facts) INTO before FROM old_rows AS o;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(ROW(n.*)::cart_facts) INTO after FROM new_rows AS n;
    END IF;
    PERFORM change_figures(before, after);
    RETURN NULL;
END
$$
"""
"""Carry a statement's changes of cart_facts into the figures; which transition tables it reads depends on TG_OP."""

TRIGGERS = (
    """
    CREATE TRIGGER figures_follow_inserts AFTER INSERT ON cart_facts
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_cart_facts()
    """,
    """
    CREATE TRIGGER figures_follow_updates AFTER UPDATE ON cart_facts
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_cart_facts()
    """,
    """
    CREATE TRIGGER figures_follow_deletes AFTER DELETE ON cart_facts
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_cart_facts()
    """,
)


def upgrade() -> None:
    """Rename, count every cart again under the new names, and make the triggers again."""
    measures = FROZEN.read_text(encoding="utf-8").split(";\n")
    for statement in (*RENAMED, *DROPPED, *measures, CHANGE_FIGURES, FOLLOW_CART_FACTS, *TRIGGERS):
        if statement.strip():
            op.execute(statement)
