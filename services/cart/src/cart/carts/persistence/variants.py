"""The catalogue's variants of several products, and its bundles, as carts are made of them."""

from collections.abc import Collection
from uuid import UUID

import orjson
from servicekit.db import TenantUnit

from cart.carts.domain.bundles import CatalogueBundle
from cart.carts.domain.lines import CatalogueVariant
from cart.carts.persistence import rows, statements
from cart.carts.persistence.bundle_rows import bundle_of


async def of_products(unit: TenantUnit, product_ids: Collection[UUID]) -> dict[UUID, list[CatalogueVariant]]:
    """Every variant of these products that the replica has, by product; a product that it lacks is not there."""
    row = await unit.fetchrow(statements.VARIANTS, unit.company_id, list(product_ids))
    found: dict[UUID, list[CatalogueVariant]] = {}
    for variant in rows.variants_of(row) if row else ():
        found.setdefault(variant.product_id, []).append(variant)
    return found


async def by_ids(unit: TenantUnit, variant_ids: Collection[UUID]) -> tuple[CatalogueVariant, ...]:
    """Those of these variants that the replica has."""
    row = await unit.fetchrow(statements.VARIANTS_BY_ID, unit.company_id, list(variant_ids))
    return tuple(rows.variants_of(row)) if row else ()


async def bundle(unit: TenantUnit, bundle_id: UUID) -> CatalogueBundle | None:
    """The bundle as the replica has it, sold or not."""
    found = await unit.fetchval(statements.BUNDLE, unit.company_id, bundle_id)
    return bundle_of(orjson.loads(found)) if found else None
