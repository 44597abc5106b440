"""Every SQL statement that compares the figures with the carts that they are sums of."""

from servicekit.db import TenantUnit

_DIFFERENCE = """
SELECT company_id, currency, measure, bucket_start, site_id, sum(amount)::bigint AS amount
FROM (
    SELECT g.company_id, g.currency, g.measure, g.bucket_start, g.site_id, g.amount
    FROM cart_facts AS c, figures_of(c) AS g
    WHERE c.company_id = $1
    UNION ALL
    SELECT company_id, currency, measure, bucket_start, site_id, -amount FROM figures WHERE company_id = $1
) AS both_sides
GROUP BY company_id, currency, measure, bucket_start, site_id
HAVING sum(amount) <> 0
ORDER BY company_id, currency, measure, bucket_start, site_id
"""
"""What each figure lacks against `cart_facts`; negative where it has too much."""

_REPAIR = f"""
INSERT INTO figures AS f (company_id, currency, measure, bucket_start, site_id, amount)
{_DIFFERENCE}
ON CONFLICT (company_id, currency, measure, bucket_start, site_id) DO UPDATE SET amount = f.amount + EXCLUDED.amount
"""

_PASS_SECONDS = 600.0
"""The deadline of a pass over all carts of a company; far above what a million of them take."""


async def count_wrong(unit: TenantUnit) -> int:
    """How many figures of the company differ from its carts: none, unless something is broken."""
    return len(await unit.fetch(_DIFFERENCE, unit.company_id, timeout=_PASS_SECONDS))


async def repair(unit: TenantUnit) -> int:
    """Add to the company's figures what they lack against its carts, and return how many were wrong.

    The difference is taken in one snapshot, in which carts and figures agree unless something is broken; as sums
    commute, batches that are under way add theirs before or after, and nothing is locked meanwhile.
    """
    tag = await unit.execute(_REPAIR, unit.company_id, timeout=_PASS_SECONDS)
    await unit.execute("DELETE FROM figures WHERE company_id = $1 AND amount = 0", unit.company_id)
    return int(tag.split()[-1])
