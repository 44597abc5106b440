-- Version 2 of the measures, written by `python -m analytics measures freeze`; never changed afterwards.
-- Writers of cart_facts wait until the figures are those of the new measures.
LOCK TABLE cart_facts IN SHARE ROW EXCLUSIVE MODE;
CREATE OR REPLACE FUNCTION figures_of(f cart_facts) RETURNS SETOF figures LANGUAGE sql STABLE AS $$
    SELECT f.company_id, f.currency, m.measure,
           date_bin('15 minutes', m.at, timestamptz '1970-01-01 00:00:00+00'), f.site_id, m.amount::bigint
    FROM (VALUES
        ('created', f.created_at, 1),
        ('created.active', f.created_at, (f.status = 'ACTIVE')::int),
        ('created.item_added', f.created_at, (f.first_item_at IS NOT NULL OR f.converted_at IS NOT NULL OR f.checkout_started_at IS NOT NULL)::int),
        ('created.viewed', f.created_at, (f.viewed_at IS NOT NULL AND f.first_item_at IS NOT NULL OR f.converted_at IS NOT NULL OR f.checkout_started_at IS NOT NULL)::int),
        ('created.checkout_started', f.created_at, (f.converted_at IS NOT NULL OR f.checkout_started_at IS NOT NULL)::int),
        ('created.converted', f.created_at, (f.converted_at IS NOT NULL)::int),
        ('created.with_items', f.created_at, (coalesce(f.item_count, 0) > 0)::int),
        ('created.item_count', f.created_at, CASE WHEN coalesce(f.item_count, 0) > 0 THEN f.item_count END),
        ('created.value', f.created_at, CASE WHEN coalesce(f.item_count, 0) > 0 THEN f.value END),
        ('abandoned', f.first_abandoned_at, 1),
        ('lost', f.first_abandoned_at, (f.had_line AND f.status IN ('ABANDONED', 'EXPIRED'))::int),
        ('converted', f.converted_at, 1),
        ('revenue', f.converted_at, f.revenue),
        ('quantity', f.converted_at, f.quantity),
        ('discounts', f.converted_at, f.discounts),
        ('merged', f.merged_at, 1),
        ('expired', f.expired_at, 1),
        ('recovered', f.recovered_at, 1),
        ('recovered_revenue', f.recovered_at, f.recovered_revenue),
        ('influenced', f.influenced_at, 1),
        ('influenced_revenue', f.influenced_at, f.influenced_revenue)
    ) AS m(measure, at, amount)
    WHERE m.at IS NOT NULL AND m.amount <> 0 AND f.currency IS NOT NULL AND NOT f.excluded
$$;
DELETE FROM figures;
INSERT INTO figures (company_id, currency, measure, bucket_start, site_id, amount)
SELECT g.company_id, g.currency, g.measure, g.bucket_start, g.site_id, sum(g.amount)
FROM cart_facts AS f, figures_of(f) AS g
GROUP BY g.company_id, g.currency, g.measure, g.bucket_start, g.site_id
HAVING sum(g.amount) <> 0;
