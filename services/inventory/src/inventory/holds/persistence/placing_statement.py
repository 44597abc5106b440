"""The one statement that places or replaces a hold, or refuses it and changes nothing (messaging.md, "Stock").

Its parts, in the order in which they depend on each other: lock the stock rows (sorted, so that opposite orders do not
deadlock) → share each wanted quantity over the warehouses by priority, what the cart's own hold has there counting as
free → find what is short → only if nothing is: write the hold, move the counters by new minus old, write the lines,
publish HoldPlaced and a StockChanged for every variant whose counters moved. A row that another transaction changed
while this one waited is read as that transaction left it: both `FOR UPDATE` and `UPDATE` follow a row to its newest
version.

Holds are locked before stock rows, here and everywhere. A second first hold of one cart is the exception that needs
care: it already has its stock rows when it meets the other's hold, and `DO NOTHING` waits only for an insert under way,
which waits for nothing more. `DO UPDATE` would wait for whoever has that hold and wants the stock: a deadlock.
"""

from inventory.stock.repository import left_sql, outbox_sql

FIRST_EVENT = 16
"""The number of the first parameter of the encoded events."""

PLACE = f"""
WITH wanted AS (
    SELECT * FROM unnest($9::uuid[], $10::text[], $11::bigint[], $12::boolean[], $13::boolean[], $14::boolean[])
        AS w (variant_id, sku, quantity, active, counted, backorderable)
),
had AS (
    SELECT variant_id, warehouse_id, quantity FROM hold_lines
    WHERE company_id = $1 AND hold_id = $3 AND warehouse_id IS NOT NULL
),
locked AS (
    SELECT s.variant_id, s.warehouse_id, s.on_hand, s.held, s.safety, s.version, w.priority
    FROM stock_levels s JOIN warehouses w ON w.id = s.warehouse_id AND w.company_id = $1
    WHERE s.company_id = $1 AND s.variant_id = ANY ($15::uuid[])
    ORDER BY s.variant_id, s.warehouse_id
    FOR UPDATE OF s
),
room AS (
    SELECT l.variant_id, l.warehouse_id, l.priority, coalesce(h.quantity, 0) AS had,
           greatest(l.on_hand - l.held - l.safety + coalesce(h.quantity, 0), 0) AS free
    FROM locked l LEFT JOIN had h USING (variant_id, warehouse_id)
),
ranked AS (
    SELECT r.variant_id, r.warehouse_id, r.had, r.free, w.quantity, w.backorderable,
           row_number() OVER nearer = 1 AS first,
           sum(r.free) OVER nearer - r.free AS before,
           sum(r.free) OVER (PARTITION BY r.variant_id) AS whole
    FROM room r LEFT JOIN wanted w ON w.variant_id = r.variant_id AND w.counted
    WINDOW nearer AS (PARTITION BY r.variant_id ORDER BY r.priority, r.warehouse_id)
),
shared AS (
    SELECT variant_id, warehouse_id, had,
           (CASE WHEN quantity IS NULL THEN 0
                 ELSE least(free, greatest(quantity - before, 0))
                    + CASE WHEN backorderable AND first THEN greatest(quantity - whole, 0) ELSE 0 END
            END)::bigint AS taken
    FROM ranked
),
short AS (
    SELECT w.sku, w.quantity, CASE WHEN w.active THEN coalesce(f.free, 0) ELSE 0 END AS available
    FROM wanted w LEFT JOIN (SELECT variant_id, sum(free) AS free FROM room GROUP BY variant_id) f USING (variant_id)
    WHERE NOT w.active OR (w.counted AND NOT w.backorderable AND coalesce(f.free, 0) < w.quantity)
),
made AS (
    INSERT INTO inventory_holds (id, company_id, cart_id, site_id, owner, state, version, expires_at, created_at)
    SELECT $2, $1, $4, $5, $6, 'ACTIVE', 1, $7, $8 WHERE $3 IS NULL AND NOT EXISTS (SELECT FROM short)
    ON CONFLICT (company_id, cart_id) WHERE state = 'ACTIVE' DO NOTHING
    RETURNING id
),
replaced AS (
    UPDATE inventory_holds SET version = version + 1, site_id = $5, owner = $6, expires_at = $7
    WHERE company_id = $1 AND id = $3 AND NOT EXISTS (SELECT FROM short)
    RETURNING id
),
hold AS (SELECT id FROM made UNION ALL SELECT id FROM replaced),
moved AS (
    UPDATE stock_levels s SET held = s.held + t.taken - t.had, version = s.version + 1
    FROM shared t, hold
    WHERE s.company_id = $1 AND s.variant_id = t.variant_id AND s.warehouse_id = t.warehouse_id AND t.taken <> t.had
    RETURNING s.variant_id, s.warehouse_id, s.version, s.on_hand - s.held - s.safety AS available
),
lines AS (
    SELECT t.variant_id, t.warehouse_id, w.sku, t.taken AS quantity
    FROM shared t JOIN wanted w USING (variant_id) WHERE t.taken > 0
    UNION ALL
    SELECT variant_id, NULL, sku, quantity FROM wanted WHERE NOT counted
),
kept AS (
    INSERT INTO hold_lines AS k (company_id, hold_id, variant_id, warehouse_id, sku, quantity)
    SELECT $1, hold.id, l.variant_id, l.warehouse_id, l.sku, l.quantity FROM lines l, hold
    ON CONFLICT ON CONSTRAINT hold_lines_key DO UPDATE SET quantity = excluded.quantity, sku = excluded.sku
),
dropped AS (
    DELETE FROM hold_lines o USING hold
    WHERE o.company_id = $1 AND o.hold_id = hold.id AND NOT EXISTS (
        SELECT FROM lines l WHERE l.variant_id = o.variant_id AND l.warehouse_id IS NOT DISTINCT FROM o.warehouse_id)
),
left_of AS ({left_sql()}),
published AS ({outbox_sql(FIRST_EVENT, granted="EXISTS (SELECT FROM hold)")})
SELECT (SELECT id FROM hold) AS hold_id,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(sku, quantity, available) ORDER BY sku), '[]') FROM short) AS short
"""
