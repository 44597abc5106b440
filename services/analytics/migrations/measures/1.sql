-- Version 1 of the measures, as migration 0002 made it.
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
