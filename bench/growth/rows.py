"""The SQL of carts as a year of shops leaves them: written by the server itself, each row from its number alone.

A number always makes the same row, so what was written can be gone on with. The largest of the companies has about an
eighth of all carts, as sizes of shops go (one in proportion to 1 / its rank).
"""

from typing import Final


def _random(seed: int) -> str:
    """From 0 to below 1, by the row's number `n`."""
    return f"((hashint8extended(n, {seed}) & 9223372036854775807) / 9223372036854775808.0::float8)"


def _uuid(text: str) -> str:
    return f"md5({text})::uuid"


def _ordered_uuid(text: str) -> str:
    """A version 7 UUID of the moment `stamp`, as the service's own ids are: rows of a time are side by side."""
    return f"(stamp || '7' || substr(md5({text}), 1, 3) || '8' || substr(md5({text}), 4, 15))::uuid"


COMPANIES: Final = f"""
INSERT INTO companies (company_id, name, created_at)
SELECT CASE WHEN k = 1 THEN $2::uuid ELSE {_uuid("'company ' || k")} END, 'Shop ' || k, now()
FROM generate_series(1, $1::int) k ON CONFLICT DO NOTHING
"""
SITES: Final = f"""
INSERT INTO sites (id, company_id, name, type, currency, locale, timezone, portal_url, merge_strategy,
    max_quantity_per_line, max_lines, abandonment_seconds, cart_expiration_days, version, created_at, updated_at)
SELECT CASE WHEN k = 1 THEN $3::uuid ELSE {_uuid("'site ' || k")} END,
    CASE WHEN k = 1 THEN $2::uuid ELSE {_uuid("'company ' || k")} END, 'Shop ' || k, 'STOREFRONT', 'USD', 'en-US',
    'UTC', 'https://shop.example', 'larger', 99, 100, 3600, 30, 1, now(), now()
FROM generate_series(1, $1::int) k ON CONFLICT DO NOTHING
"""

_NUMBERED: Final = f"""
numbered AS (
    SELECT n, least(floor(power($3::int + 1, {_random(1)}))::int, $3::int) AS k,
        $4::timestamptz - interval '180 days' * (1 - n::float8 / $7::bigint) AS at, {_random(2)} AS state,
        1 + floor({_random(3)} * 4)::int AS lines, {_random(4)} < 0.3 AS signed_in
    FROM generate_series($1::bigint, $2::bigint) n
), stamped AS (
    SELECT *, lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS stamp FROM numbered
), placed AS (
    SELECT *, CASE WHEN k = 1 THEN $5::uuid ELSE {_uuid("'company ' || k")} END AS company_id,
        CASE WHEN k = 1 THEN $6::uuid ELSE {_uuid("'site ' || k")} END AS site_id,
        {_ordered_uuid("n::text")} AS id,
        CASE WHEN at < $4 - interval '90 days' THEN 'CONVERTED'
            WHEN state < 0.04 AND at > $4 - interval '20 days' THEN 'ACTIVE'
            WHEN state < 0.66 THEN 'ABANDONED' WHEN state < 0.9 THEN 'CONVERTED'
            WHEN state < 0.95 THEN 'EXPIRED' ELSE 'MERGED' END AS status
    FROM stamped
)"""

CARTS: Final = f"""
WITH {_NUMBERED}, carts_made AS (
    INSERT INTO carts (id, company_id, site_id, customer_id, status, currency, version, item_count, subtotal, total,
        last_activity_at, check_at, expiry_check_at, abandonment_id, abandoned_at, converted_at, order_id, merged_into,
        created_at, updated_at)
    SELECT id, company_id, site_id,
        CASE WHEN signed_in AND status NOT IN ('ACTIVE', 'ABANDONED') THEN 'customer ' || n % 100000 END, status, 'USD',
        lines + 1, lines, lines * 2500, lines * 2500, at,
        CASE WHEN status = 'ACTIVE' THEN $4 + interval '10 days' END, $4 + interval '300 days',
        CASE WHEN status = 'ABANDONED' THEN id END, CASE WHEN status = 'ABANDONED' THEN at + interval '1 hour' END,
        CASE WHEN status = 'CONVERTED' THEN at + interval '1 hour' END,
        CASE WHEN status = 'CONVERTED' THEN 'order ' || n END,
        CASE WHEN status = 'MERGED' THEN {_uuid("'into ' || n")} END,
        at, at + interval '1 hour'
    FROM placed
), lines_made AS (
    INSERT INTO cart_items (id, company_id, cart_id, product_id, variant_id, sku, title, quantity, unit_price,
        created_at)
    SELECT {_ordered_uuid("n || ' line ' || line")}, company_id, id, {_uuid("k || ' product ' || (n + line) % 200")},
        {_uuid("k || ' variant ' || (n + line) % 200")}, 'SKU-' || (n + line) % 200, 'Product ' || (n + line) % 200, 1,
        2500, at
    FROM placed, generate_series(1, lines) line
), sessions_made AS (
    INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at)
    SELECT sha256(convert_to(n::text, 'UTF8')), company_id, id, at FROM placed WHERE NOT signed_in
)
INSERT INTO cart_activity (id, company_id, cart_id, version, kind, actor, data, at)
SELECT {_ordered_uuid("n || ' activity'")}, company_id, id, 2, 'ITEM_ADDED', 'guest', '{{}}', at FROM placed
"""
"""From number `$1` to `$2` of `$7` in all, over `$3` companies until the moment `$4`; `$5` and `$6` are the largest
company and its site."""

RECOUNT: Final = """
INSERT INTO cart_counts (company_id, site_id, currency, status, carts, with_lines, total)
SELECT company_id, site_id, currency, status, count(*), count(*) FILTER (WHERE item_count > 0), sum(total)
FROM carts GROUP BY company_id, site_id, currency, status
"""
