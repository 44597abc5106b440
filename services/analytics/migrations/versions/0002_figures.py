"""What is counted of a cart, and the triggers that keep the sums of it.

Why triggers: `figures` is a view of `cart_facts` that costs too much to compute when asked (a shop has millions of
carts, a chart has to answer in half a second), so it is kept up with each change, in the transaction of the change. As
a trigger it holds for whoever changes a fact: a batch, a rebuild, a person with psql. What is summed is said once, in
`figures_of`, for the triggers and for the check alike.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

FIGURES_OF = """
CREATE FUNCTION figures_of(f cart_facts) RETURNS SETOF figures LANGUAGE sql STABLE AS $$
    SELECT f.company_id, f.currency, m.measure,
           date_bin('15 minutes', m.at, timestamptz '1970-01-01 00:00:00+00'), f.site_id, m.amount
    FROM (
        SELECT f.converted_at IS NOT NULL AS converted,
               (f.converted_at IS NOT NULL OR f.checkout_started_at IS NOT NULL) AS in_checkout,
               (f.viewed_at IS NOT NULL AND f.first_item_at IS NOT NULL) AS viewed,
               f.first_item_at IS NOT NULL AS added,
               coalesce(f.item_count, 0) > 0 AS filled
    ) AS cart,
    LATERAL (VALUES
        ('made',             f.created_at, 1::bigint),
        ('made.active',      f.created_at, (f.status = 'ACTIVE')::int),
        ('made.added',       f.created_at, (cart.added OR cart.in_checkout)::int),
        ('made.viewed',      f.created_at, (cart.viewed OR cart.in_checkout)::int),
        ('made.in_checkout', f.created_at, cart.in_checkout::int),
        ('made.converted',   f.created_at, cart.converted::int),
        ('made.filled',      f.created_at, cart.filled::int),
        ('made.items',       f.created_at, CASE WHEN cart.filled THEN f.item_count END),
        ('made.value',       f.created_at, CASE WHEN cart.filled THEN f.value END),
        ('abandoned',        f.first_abandoned_at, 1),
        ('lost',             f.first_abandoned_at, (f.had_line AND f.status IN ('ABANDONED', 'EXPIRED'))::int),
        ('converted',        f.converted_at, 1),
        ('revenue',          f.converted_at, f.revenue),
        ('units',            f.converted_at, f.units),
        ('discounts',        f.converted_at, f.discounts),
        ('merged',           f.merged_at, 1),
        ('expired',          f.expired_at, 1),
        ('recovered',        f.recovered_at, 1),
        ('recovered.revenue',  f.recovered_at, f.recovered_revenue),
        ('influenced',         f.influenced_at, 1),
        ('influenced.revenue', f.influenced_at, f.influenced_revenue)
    ) AS m(measure, at, amount)
    WHERE m.at IS NOT NULL AND m.amount <> 0 AND f.currency IS NOT NULL AND NOT f.excluded
$$
"""
"""What one cart adds to the figures: each fact under the quarter hour in which it happened (rules.md 32, 33).

`lost`: abandoned, and that was the end of it: expired since, or abandoned still. `made.*`: properties of the carts made
in that quarter hour; a step of the funnel includes whoever got further. A cart of staff or bots counts nowhere; neither
does one whose site and currency are not known yet.
"""

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
