"""The catalogue's variants of several products, as carts are made of them."""

from collections.abc import Collection
from uuid import UUID

from servicekit.db import TenantUnit

from cart.carts.domain.lines import CatalogueVariant
from cart.carts.persistence import rows, statements


async def of_products(unit: TenantUnit, product_ids: Collection[UUID]) -> dict[UUID, list[CatalogueVariant]]:
    """Every variant of these products that the replica has, by product; a product that it lacks is not there."""
    row = await unit.fetchrow(statements.VARIANTS, unit.company_id, list(product_ids))
    found: dict[UUID, list[CatalogueVariant]] = {}
    for variant in rows.variants_of(row) if row else ():
        found.setdefault(variant.product_id, []).append(variant)
    return found
