"""The SQL of one cart: one statement reads it with all that a change needs, one writes a change with its events.

Together with the unit's BEGIN and COMMIT a change is four round trips (architecture.md, "One request, followed").
"""

from typing import Final

from servicekit.db.idempotency_keys import TAKE_OVER, fresh
from servicekit.db.row_sets import RowSet
from servicekit.messaging import outbox

_SNAPSHOT = (
    "p.variant_id, p.product_id, p.sku, p.title, p.image_url, p.options, p.prices, p.compare_at_prices,"
    " p.categories, p.tax_category, p.active, p.tracked, p.backorderable, p.available"
)

_LINE = (
    "json_build_array(i.id, i.product_id, i.variant_id, i.sku, i.title, i.image_url, i.options, i.quantity,"
    " i.unit_price, i.compare_at_price, i.source, i.meta, i.rental, i.bundle_group_id,"
    f" CASE WHEN p.variant_id IS NOT NULL THEN json_build_array({_SNAPSHOT}) END)"
)

_BUNDLE = "b.bundle_id, b.title, b.image_url, b.active, b.prices, b.discount_basis_points, b.items"


def _has_ordered(customer: str) -> str:
    """Whether a customer has ordered anything of the company `$1`, on whichever site and however long ago."""
    return f"""(
        EXISTS (SELECT FROM carts o WHERE o.company_id = $1 AND o.customer_id = {customer} AND o.status = 'CONVERTED')
        OR EXISTS (SELECT FROM cart_archive o WHERE o.company_id = $1 AND o.customer_id = {customer}))"""


READ: Final = f"""
SELECT c.id, c.company_id, c.customer_id, c.status, c.currency, c.version, c.codes, c.has_contact,
    c.last_activity_at, c.check_at, c.expiry_check_at, c.abandonment_id, c.abandoned_at,
    c.restored_abandonment_id, c.converted_at, c.order_id, c.merged_into, c.created_at, c.updated_at,
    c.frozen, c.visitor_id,
    s.id AS site_id, s.currency AS site_currency, s.max_quantity_per_line, s.max_lines, s.abandonment_seconds,
    s.cart_expiration_days, s.merge_strategy, s.inventory_mode,
    c.address, c.address_rules, c.address_until, c.shipping_option_id, c.terms,
    CASE WHEN c.customer_id IS NOT NULL THEN NOT {_has_ordered("c.customer_id")} END AS first_order,
    c.hold_fence, c.hold_change, c.hold_change_order_id, c.hold_change_until <= now() AS hold_change_is_overdue,
    h.hold_id, h.status AS hold_status, h.expires_at AS hold_expires_at,
    r.version AS rules_version,
    k.request_hash AS key_hash, k.status AS key_status, k.answer AS key_answer,
    (SELECT json_agg({_LINE} ORDER BY i.id)
        FROM cart_items i
        LEFT JOIN product_snapshots p ON p.variant_id = i.variant_id AND p.company_id = i.company_id
        WHERE i.cart_id = c.id AND i.company_id = c.company_id) AS lines,
    CASE WHEN c.saved_count > 0 THEN (SELECT json_agg({_LINE} ORDER BY i.id)
        FROM saved_cart_items i
        LEFT JOIN product_snapshots p ON p.variant_id = i.variant_id AND p.company_id = i.company_id
        WHERE i.cart_id = c.id AND i.company_id = c.company_id) END AS saved_lines,
    c.bundles, CASE WHEN c.bundles IS NOT NULL THEN (SELECT json_agg(json_build_array({_BUNDLE}))
        FROM bundle_snapshots b
        WHERE b.company_id = c.company_id
            AND b.bundle_id IN (SELECT (g ->> 'bundleId')::uuid FROM jsonb_array_elements(c.bundles) g)
        ) END AS bundle_snapshots,
    (SELECT json_agg(json_build_array({_SNAPSHOT}))
        FROM product_snapshots p
        WHERE p.company_id = $1 AND p.product_id = $4::uuid AND ($5::uuid IS NULL OR p.variant_id = $5)
            AND p.product_version > 0) AS variants
FROM carts c
JOIN sites s ON s.id = c.site_id AND s.company_id = c.company_id
LEFT JOIN cart_holds h ON h.cart_id = c.id AND h.company_id = c.company_id
LEFT JOIN rule_sets r ON r.company_id = c.company_id
LEFT JOIN idempotency_keys k ON k.company_id = $1 AND k.identity = $6::text AND k.key = $7::text
    AND {fresh("k")}
WHERE c.company_id = $1 AND """
"""Ends in the condition of a `Selector` (`$2`, `$3`); `$4`, `$5` the product and variant to look up, `$6`, `$7` the
idempotency key."""

VARIANTS: Final = f"""
SELECT json_agg(json_build_array({_SNAPSHOT})) AS variants FROM product_snapshots p
WHERE p.company_id = $1 AND p.product_id = ANY ($2::uuid[]) AND p.product_version > 0"""

FIND: Final = "SELECT c.id FROM carts c WHERE c.company_id = $1 AND "
"""Ends in the condition of a `Selector`, and in `IN_ORDER` or `UNLESS_LOCKED` to lock what it finds."""
IN_ORDER: Final = " ORDER BY c.id FOR UPDATE"
UNLESS_LOCKED: Final = IN_ORDER + " SKIP LOCKED"

LINES: Final = RowSet(
    (
        ("id", "uuid"),
        ("product_id", "uuid"),
        ("variant_id", "uuid"),
        ("sku", "text"),
        ("title", "text"),
        ("image_url", "text"),
        ("options", "jsonb"),
        ("quantity", "int"),
        ("unit_price", "bigint"),
        ("compare_at_price", "bigint"),
        ("source", "text"),
        ("meta", "jsonb"),
        ("rental", "jsonb"),
        ("bundle_group_id", "uuid"),
    )
)
ACTIVITY: Final = RowSet((("id", "uuid"), ("kind", "text"), ("actor", "text"), ("data", "jsonb")))

_FIRST_LINE = 25
_FIRST_ACTIVITY = _FIRST_LINE + len(LINES.columns)
_FIRST_OUTBOX = 49
_REMOVED = 61


def _save(*, single: bool) -> str:
    return f"""
WITH saved AS (
    UPDATE carts SET status = $4, version = $5, customer_id = $6, codes = $7, item_count = $8, subtotal = $9,
        discount_total = $10, shipping_total = $11, tax_total = $12, total = $13, has_contact = $14,
        last_activity_at = $15, check_at = $16, expiry_check_at = $17, abandonment_id = $18, abandoned_at = $19,
        restored_abandonment_id = $20, converted_at = $21, order_id = $22, merged_into = $23, updated_at = $24,
        frozen = NULL
    WHERE company_id = $1 AND id = $2 AND version = $3 AND hold_fence = $48
    RETURNING company_id, id
), written AS (
    INSERT INTO cart_items (id, company_id, cart_id, product_id, variant_id, sku, title, image_url, options, quantity,
        unit_price, compare_at_price, source, meta, rental, bundle_group_id, created_at)
    SELECT l.id, saved.company_id, saved.id, l.product_id, l.variant_id, l.sku, l.title, l.image_url, l.options,
        l.quantity, l.unit_price, l.compare_at_price, l.source, l.meta, l.rental, l.bundle_group_id, $24
    FROM saved, {LINES.sql("l", _FIRST_LINE, single=single)}
    ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET quantity = excluded.quantity,
        unit_price = excluded.unit_price, compare_at_price = excluded.compare_at_price,
        title = excluded.title, image_url = excluded.image_url, source = excluded.source, meta = excluded.meta,
        rental = excluded.rental
), timeline AS (
    INSERT INTO cart_activity (id, company_id, cart_id, version, kind, actor, data, at)
    SELECT a.id, saved.company_id, saved.id, $5, a.kind, a.actor, a.data, $24
    FROM saved, {ACTIVITY.sql("a", _FIRST_ACTIVITY, single=single)}
), published AS (
    {outbox.insert_sql(_FIRST_OUTBOX, single=single)} WHERE EXISTS (SELECT FROM saved)
), kept AS (
    INSERT INTO idempotency_keys (company_id, identity, key, request_hash, status, answer)
    SELECT saved.company_id, $43::text, $44::text, $45::bytea, $46::smallint, $47::bytea
    FROM saved WHERE $44::text IS NOT NULL
    {TAKE_OVER}
    RETURNING true
){"" if single else _REMOVE}
SELECT (SELECT count(*) FROM saved) AS saved, (SELECT count(*) FROM kept) AS kept"""


_REMOVE = f""", removed AS (
    DELETE FROM cart_items i USING saved
    WHERE i.company_id = saved.company_id AND i.cart_id = saved.id AND i.id = ANY(${_REMOVED}::uuid[])
)"""

SAVE: Final = _save(single=False)
"""Writes a change of any size."""
SAVE_SINGLE: Final = _save(single=True)
"""Writes a change of one line with one entry of the timeline and one event, which removes none: what an add is."""

_FIRST_OUTBOX_OF_NEW = 16

INSERT: Final = f"""
WITH made AS (
    INSERT INTO carts (id, company_id, site_id, customer_id, status, currency, version, last_activity_at, check_at,
        expiry_check_at, restored_abandonment_id, has_contact, created_at, updated_at, visitor_id, terms)
    VALUES ($1, $2, $3, $4, 'ACTIVE', $5, $6, $7, $8, $9, $10, $11, $12, $12, $14, $15)
    ON CONFLICT (company_id, site_id, customer_id)
        WHERE status IN ('ACTIVE', 'ABANDONED') AND customer_id IS NOT NULL DO NOTHING
    RETURNING company_id, id
), opened AS (
    INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at)
    SELECT $13::bytea, made.company_id, made.id, $12 FROM made WHERE $13::bytea IS NOT NULL
), published AS (
    {outbox.insert_sql(_FIRST_OUTBOX_OF_NEW, single=True)} WHERE EXISTS (SELECT FROM made)
)
SELECT count(*) FROM made"""

DELIVER: Final = """
UPDATE carts SET address = $3, address_rules = $4, address_until = $5, shipping_option_id = $6
WHERE company_id = $1 AND id = $2
"""
"""Writes where a cart is shipped to and how, in the transaction and under the lock of the save before it."""

KEEP_BUNDLES: Final = "UPDATE carts SET bundles = $3 WHERE company_id = $1 AND id = $2"
"""Writes which bundles a cart has, in the transaction and under the lock of the save before it; NULL for none."""

BUNDLE: Final = f"""
SELECT json_build_array({_BUNDLE}) AS bundle FROM bundle_snapshots b WHERE b.company_id = $1 AND b.bundle_id = $2"""

VARIANTS_BY_ID: Final = f"""
SELECT json_agg(json_build_array({_SNAPSHOT})) AS variants FROM product_snapshots p
WHERE p.company_id = $1 AND p.variant_id = ANY ($2::uuid[]) AND p.product_version > 0"""

SAVE_FOR_LATER: Final = f"""
WITH gone AS (
    DELETE FROM saved_cart_items WHERE company_id = $1 AND cart_id = $2 AND id <> ALL ($4::uuid[])
), kept AS (
    INSERT INTO saved_cart_items (company_id, id, cart_id, product_id, variant_id, sku, title, image_url, options,
        quantity, unit_price, compare_at_price, source, meta, rental, bundle_group_id, saved_at)
    SELECT $1, l.id, $2, l.product_id, l.variant_id, l.sku, l.title, l.image_url, l.options, l.quantity, l.unit_price,
        l.compare_at_price, l.source, l.meta, l.rental, l.bundle_group_id, $3
    FROM {LINES.sql("l", 4, single=False)}
    ON CONFLICT ON CONSTRAINT saved_cart_items_pkey DO UPDATE SET quantity = excluded.quantity
)
UPDATE carts SET saved_count = cardinality($4::uuid[]) WHERE company_id = $1 AND id = $2"""
"""Writes which lines are saved for later, all of them, in the transaction and under the lock of the save before it.

How many there are is on the cart's row: who reads one without any does not look for them.
"""
KEEP_TERMS: Final = "UPDATE carts SET terms = $3 WHERE company_id = $1 AND id = $2"
"""Writes what the customer's token says, in the same way, or when the cart is read by a customer it says more of."""

ONE_ORDER_AT_A_TIME: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('first order ' || company_id || ' ' || customer_id, 0)) FROM carts
WHERE company_id = $1 AND id = $2 AND customer_id IS NOT NULL
"""
"""Lets a customer order one cart after the other, so that one of them is the first."""

HAS_ORDERED: Final = f"SELECT {_has_ordered('$2')}"
