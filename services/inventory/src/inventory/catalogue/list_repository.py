"""The statements of the staff's lists of products and variants, a page each."""

from uuid import UUID

from servicekit.db import TenantUnit

from inventory.catalogue.domain import ProductFilter, Variant, WholeProduct, search_words
from inventory.catalogue.repository import AVAILABLE, PRODUCT, VARIANT, product_of, variant_of, with_variants

_STATUS = """CASE WHEN p.deleted_at IS NOT NULL THEN 'deleted' WHEN p.active THEN 'active' ELSE 'inactive' END"""

_PRODUCTS = f"""
SELECT {PRODUCT} FROM products p
WHERE p.company_id = $1 AND ($2::uuid IS NULL OR p.id > $2)
  AND ($3::text IS NULL OR p.handle = $3)
  AND ($4::boolean IS NULL OR p.active = $4)
  AND CASE WHEN $5::text IS NULL THEN $9 OR p.deleted_at IS NULL ELSE {_STATUS} = $5 END
  AND ($6::text IS NULL OR p.categories @> ARRAY[$6])
  AND ($7::text IS NULL OR p.id IN (
      SELECT f.id FROM products f WHERE f.company_id = $1 AND f.words @@ to_tsquery('simple', $7)
      UNION ALL SELECT v.product_id FROM variants v WHERE v.company_id = $1 AND v.sku = $8))
ORDER BY p.id LIMIT $10
"""

_VARIANTS = f"""
SELECT {VARIANT}, {AVAILABLE} FROM variants v
WHERE v.company_id = $1 AND ($2::uuid IS NULL OR v.id > $2) AND ($3::uuid IS NULL OR v.product_id = $3)
  AND ($4::text IS NULL OR v.sku = $4)
  AND EXISTS (SELECT FROM products p WHERE p.company_id = $1 AND p.id = v.product_id AND p.deleted_at IS NULL)
ORDER BY v.id LIMIT $5
"""


async def page(
    unit: TenantUnit, *, after: UUID | None, limit: int, wanted: ProductFilter | None = None
) -> list[WholeProduct]:
    """Products in the order of their ids, with their variants; deleted ones only when they are asked for."""
    wanted = wanted or ProductFilter()
    rows = await unit.fetch(
        _PRODUCTS,
        unit.company_id,
        after,
        wanted.handle,
        wanted.active,
        wanted.status,
        wanted.category,
        None if wanted.q is None else search_words(wanted.q),
        wanted.q,
        wanted.with_deleted,
        limit,
    )
    return await with_variants(unit, [product_of(row) for row in rows])


async def variant_page(
    unit: TenantUnit, *, after: UUID | None, limit: int, product_id: UUID | None, sku: str | None
) -> list[tuple[Variant, int]]:
    """Variants in the order of their ids, each with what is available of it; none of a deleted product."""
    rows = await unit.fetch(_VARIANTS, unit.company_id, after, product_id, sku, limit)
    return [(variant_of(row), row["available"]) for row in rows]
