"""Finding out of many carts at once whose have changed, without reading them."""

from collections.abc import Sequence
from typing import Final

from servicekit.db import TenantUnit

from cart.streams.domain import Audience, Sighting

_VERSIONS: Final = """
(SELECT sum(p.product_version + p.stock_version)
    FROM {lines} i JOIN product_snapshots p ON p.variant_id = i.variant_id AND p.company_id = i.company_id
    WHERE i.company_id = $1 AND i.cart_id = c.id)"""
_LOOK: Final = f"""
WITH followed AS (
    SELECT g.place, c.id AS cart_id
    FROM unnest($2::int[], $3::bytea[], $4::uuid[], $5::uuid[]) AS g (place, token_hash, cart_id, site_id)
    JOIN cart_sessions t ON t.company_id = $1 AND t.token_hash = g.token_hash
    JOIN carts c ON c.company_id = $1 AND c.id = t.cart_id
    WHERE (g.cart_id IS NULL OR c.id = g.cart_id) AND (g.site_id IS NULL OR c.site_id = g.site_id)
        AND c.customer_id IS NULL AND c.merged_into IS NULL
    UNION ALL
    SELECT k.place, c.id
    FROM unnest($6::int[], $7::text[], $8::uuid[]) AS k (place, customer_id, site_id)
    JOIN sites s ON s.company_id = $1
        AND s.id = coalesce(k.site_id, (SELECT f.id FROM sites f WHERE f.company_id = $1 ORDER BY f.id LIMIT 1))
    LEFT JOIN carts c ON c.company_id = $1 AND c.site_id = s.id AND c.customer_id = k.customer_id
        AND c.status IN ('ACTIVE', 'ABANDONED')
)
SELECT f.place, f.cart_id, c.status, concat_ws(' ', c.id, c.xmin, s.xmin, h.xmin, r.version,
        {_VERSIONS.format(lines="cart_items")},
        CASE WHEN c.saved_count > 0 THEN {_VERSIONS.format(lines="saved_cart_items")} END) AS stamp
FROM followed f
LEFT JOIN carts c ON c.company_id = $1 AND c.id = f.cart_id
LEFT JOIN sites s ON s.company_id = $1 AND s.id = c.site_id
LEFT JOIN cart_holds h ON h.company_id = $1 AND h.cart_id = c.id
LEFT JOIN rule_sets r ON r.company_id = $1"""
"""A row for each audience that may follow something. `xmin` is another one after every write of its row, whichever
statement made it: a freeze or an address raises no version of the cart. Versions of products only rise."""


async def look(unit: TenantUnit, audiences: Sequence[Audience]) -> dict[int, Sighting]:
    """What each of one company's audiences follows, by its place among them.

    One whose session opens no cart, or whose site is not the company's, is missing.
    """
    guests = [(place, one) for place, one in enumerate(audiences) if one.session_hash is not None]
    customers = [(place, one) for place, one in enumerate(audiences) if one.session_hash is None]
    rows = await unit.fetch(
        _LOOK,
        unit.company_id,
        [place for place, _ in guests],
        [one.session_hash for _, one in guests],
        [one.cart_id for _, one in guests],
        [one.site_id for _, one in guests],
        [place for place, _ in customers],
        [one.customer_id for _, one in customers],
        [one.site_id for _, one in customers],
    )
    return {row["place"]: Sighting(row["cart_id"], row["status"], row["stamp"]) for row in rows}
