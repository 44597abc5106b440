"""Every statement on the replica of the catalogue: products, their variants and what is left of them."""

from collections.abc import Sequence
from uuid import UUID

from contracts.inventory import ProductChanged, Variant
from servicekit.db import TenantUnit


async def put_product(unit: TenantUnit, product_id: UUID, version: int, product: ProductChanged) -> bool:
    """Keep a product as it is now; False, changing nothing, when a newer version is already here."""
    kept = await unit.fetchval(
        """INSERT INTO product_snapshots AS mine (company_id, product_id, version, title, image_url, active)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (company_id, product_id) DO UPDATE
              SET version = EXCLUDED.version, title = EXCLUDED.title, image_url = EXCLUDED.image_url,
                  active = EXCLUDED.active
            WHERE mine.version < EXCLUDED.version
           RETURNING true""",
        unit.company_id,
        product_id,
        version,
        product.title,
        product.image_url,
        product.active,
    )
    return kept is not None


async def put_variants(unit: TenantUnit, product_id: UUID, variants: Sequence[Variant]) -> None:
    """Make these the product's variants, in this order, and forget others."""
    await unit.execute(
        "DELETE FROM variant_snapshots WHERE company_id = $1 AND product_id = $2 AND variant_id <> ALL ($3::uuid[])",
        unit.company_id,
        product_id,
        [variant.variant_id for variant in variants],
    )
    await unit.execute(
        """INSERT INTO variant_snapshots
               (company_id, product_id, variant_id, position, prices, active, tracked, backorderable)
           SELECT $1, $2, id, position, prices, active, tracked, backorderable
             FROM unnest($3::uuid[], $4::jsonb[], $5::boolean[], $6::boolean[], $7::boolean[]) WITH ORDINALITY
               AS new (id, prices, active, tracked, backorderable, position)
            ORDER BY id
           ON CONFLICT (company_id, variant_id) DO UPDATE
              SET product_id = EXCLUDED.product_id, position = EXCLUDED.position, prices = EXCLUDED.prices,
                  active = EXCLUDED.active, tracked = EXCLUDED.tracked, backorderable = EXCLUDED.backorderable""",
        unit.company_id,
        product_id,
        [variant.variant_id for variant in variants],
        [variant.prices for variant in variants],
        [variant.active for variant in variants],
        [variant.tracked for variant in variants],
        [variant.backorderable for variant in variants],
    )


async def put_first_stock(unit: TenantUnit, variants: Sequence[Variant]) -> None:
    """Keep what the product's event has as left, where no stock event has been received yet."""
    known = [variant for variant in variants if variant.available is not None]
    await unit.execute(
        """INSERT INTO stock_snapshots (company_id, variant_id, version, available)
           SELECT $1, id, 0, available FROM unnest($2::uuid[], $3::bigint[]) AS new (id, available) ORDER BY id
           ON CONFLICT (company_id, variant_id) DO NOTHING""",
        unit.company_id,
        [variant.variant_id for variant in known],
        [variant.available for variant in known],
    )


async def put_stock(unit: TenantUnit, variant_id: UUID, version: int, available: int) -> None:
    """Keep what is left of a variant, unless a newer version is already here."""
    await unit.execute(
        """INSERT INTO stock_snapshots AS mine (company_id, variant_id, version, available) VALUES ($1, $2, $3, $4)
           ON CONFLICT (company_id, variant_id) DO UPDATE
              SET version = EXCLUDED.version, available = EXCLUDED.available
            WHERE mine.version < EXCLUDED.version""",
        unit.company_id,
        variant_id,
        version,
        available,
    )


async def has_product(unit: TenantUnit, product_id: UUID) -> bool:
    """Whether the company has, or had, this product."""
    found = await unit.fetchval(
        "SELECT true FROM product_snapshots WHERE company_id = $1 AND product_id = $2", unit.company_id, product_id
    )
    return found is not None
