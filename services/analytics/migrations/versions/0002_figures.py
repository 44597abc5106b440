"""What is counted of a cart, and the triggers that keep the sums of it.

Why triggers: `figures` is a view of `cart_facts` that costs too much to compute when asked (a shop has millions of
carts, a chart has to answer in half a second), so it is kept up with each change, in the transaction of the change. As
a trigger it holds for whoever changes a fact: a batch, a rebuild, a person with psql. What is summed is said once, in
`figures_of`, for the triggers and for the check alike.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

FIGURES_OF = (Path(__file__).parents[1] / "measures" / "1.sql").read_text(encoding="utf-8")
"""What one cart adds to the figures: each event under the bucket in which it happened (rules.md 32, 33)."""

MOVE_FIGURES = """
CREATE FUNCTION move_figures(gone cart_facts[], come cart_facts[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    emptied figures[];
BEGIN
    WITH change AS (
        SELECT company_id, currency, measure, quarter, site_id, sum(amount)::bigint AS amount
        FROM (
            SELECT g.company_id, g.currency, g.measure, g.quarter, g.site_id, -g.amount AS amount
            FROM unnest(gone) AS f, figures_of(f) AS g
            UNION ALL
            SELECT g.company_id, g.currency, g.measure, g.quarter, g.site_id, g.amount
            FROM unnest(come) AS f, figures_of(f) AS g
        ) AS moved
        GROUP BY company_id, currency, measure, quarter, site_id
        HAVING sum(amount) <> 0
        ORDER BY company_id, currency, measure, quarter, site_id
    ), put AS (
        INSERT INTO figures AS f (company_id, currency, measure, quarter, site_id, amount)
        SELECT company_id, currency, measure, quarter, site_id, amount FROM change
        ON CONFLICT (company_id, currency, measure, quarter, site_id) DO UPDATE SET amount = f.amount + EXCLUDED.amount
        RETURNING f.*
    )
    SELECT array_agg(ROW(put.*)::figures) INTO emptied FROM put WHERE amount = 0;

    IF emptied IS NOT NULL THEN
        DELETE FROM figures AS f USING unnest(emptied) AS e
        WHERE (f.company_id, f.currency, f.measure, f.quarter, f.site_id)
            = (e.company_id, e.currency, e.measure, e.quarter, e.site_id);
    END IF;
END
$$
"""
"""Take `gone` out of the figures and put `come` in.

Sums commute, so transactions may do this in any order; rows are locked in the order of their key, so they never
deadlock; a figure that becomes nothing leaves no row.
"""

FOLLOW = """
CREATE FUNCTION figures_follow_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone cart_facts[];
    come cart_facts[];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(ROW(o.*)::cart_facts) INTO gone FROM gone_rows AS o;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(ROW(n.*)::cart_facts) INTO come FROM come_rows AS n;
    END IF;
    PERFORM move_figures(gone, come);
    RETURN NULL;
END
$$
"""
"""Carry a statement's changes of cart_facts over; the transition tables that it reads depend on TG_OP."""

TRIGGERS = (
    """
    CREATE TRIGGER figures_follow_new_facts AFTER INSERT ON cart_facts
        REFERENCING NEW TABLE AS come_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_facts()
    """,
    """
    CREATE TRIGGER figures_follow_changed_facts AFTER UPDATE ON cart_facts
        REFERENCING OLD TABLE AS gone_rows NEW TABLE AS come_rows
        FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_facts()
    """,
    """
    CREATE TRIGGER figures_follow_lost_facts AFTER DELETE ON cart_facts
        REFERENCING OLD TABLE AS gone_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_follow_facts()
    """,
)


def upgrade() -> None:
    """Make the functions and the triggers."""
    for statement in (FIGURES_OF, MOVE_FIGURES, FOLLOW, *TRIGGERS):
        op.execute(statement)
