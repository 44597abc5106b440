"""The statements of the staff's lists of products and variants, a page each."""

from uuid import UUID

from servicekit.db import TenantUnit

from inventory.catalogue.domain import ProductFilter, Variant, WholeProduct
from inventory.catalogue.repository import AVAILABLE, PRODUCT, VARIANT, product_of, variant_of, with_variants
from inventory.catalogue.search_statements import Conditions

_STATUS = {
    "active": "p.deleted_at IS NULL AND p.active",
    "inactive": "p.deleted_at IS NULL AND NOT p.active",
    "deleted": "p.deleted_at IS NOT NULL",
}

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
    conditions = _conditions(wanted or ProductFilter(), unit.company_id)
    if after is not None:
        conditions.add("p.id > {}", after)
    rows = await unit.fetch(
        f"SELECT {PRODUCT} FROM products p WHERE p.company_id = $1{conditions.sql()} ORDER BY p.id LIMIT {limit:d}",
        *conditions.args,
    )
    return await with_variants(unit, [product_of(row) for row in rows])


def _conditions(wanted: ProductFilter, company_id: UUID) -> Conditions:
    conditions = Conditions(company_id)
    if wanted.status is not None:
        conditions.add(_STATUS[wanted.status])
    elif not wanted.with_deleted:
        conditions.add("p.deleted_at IS NULL")
    if wanted.handle is not None:
        conditions.add("p.handle = {}", wanted.handle)
    if wanted.active is not None:
        conditions.add("p.active = {}", wanted.active)
    if wanted.category is not None:
        conditions.in_category(wanted.category)
    if wanted.q is not None:
        conditions.found_by(wanted.q, or_sku=True)
    return conditions


async def variant_page(
    unit: TenantUnit, *, after: UUID | None, limit: int, product_id: UUID | None, sku: str | None
) -> list[tuple[Variant, int]]:
    """Variants in the order of their ids, each with what is available of it; none of a deleted product."""
    rows = await unit.fetch(_VARIANTS, unit.company_id, after, product_id, sku, limit)
    return [(variant_of(row), row["available"]) for row in rows]
