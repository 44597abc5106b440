"""The replica of products, bundles and stock: each statement keeps the newer of what it has and what comes."""

from collections.abc import Collection
from dataclasses import fields
from typing import Final
from uuid import UUID

import asyncpg
from contracts.inventory import BundleChanged, ProductChanged, StockChanged
from servicekit.db import TenantUnit

from cart.carts.domain.lines import CatalogueVariant
from cart.catalogue.domain import CatalogueProduct, title_of

_VARIANT = [field.name for field in fields(CatalogueVariant)]

_KEEP_VARIANTS: Final = """
INSERT INTO product_snapshots AS known (variant_id, company_id, product_id, product_version, sku, title,
    image_url, options, prices, compare_at_prices, categories, tax_category, active, tracked, backorderable,
    available)
SELECT v.id, $1, $2, $3, v.sku, v.title, $4, v.options, v.prices, v.compare_at_prices, $5, $6, v.active,
    v.tracked, v.backorderable, v.available
FROM unnest($7::uuid[], $8::text[], $9::text[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::bool[],
    $14::bool[], $15::bool[], $16::bigint[])
    AS v (id, sku, title, options, prices, compare_at_prices, active, tracked, backorderable, available)
ORDER BY v.id
ON CONFLICT ON CONSTRAINT product_snapshots_pkey DO UPDATE SET product_version = excluded.product_version,
    sku = excluded.sku, title = excluded.title, image_url = excluded.image_url, options = excluded.options,
    prices = excluded.prices, compare_at_prices = excluded.compare_at_prices,
    categories = excluded.categories, tax_category = excluded.tax_category, active = excluded.active,
    tracked = excluded.tracked, backorderable = excluded.backorderable,
    available = CASE WHEN known.stock_version = 0 THEN excluded.available ELSE known.available END
WHERE known.company_id = excluded.company_id AND known.product_version < excluded.product_version"""


_KEEP_PRODUCT: Final = """
WITH details AS (
    INSERT INTO product_details AS known (company_id, product_id, product_version, title, slug, attributes)
    VALUES ($1, $2, $3, $5, $6, $7)
    ON CONFLICT (company_id, product_id) DO UPDATE SET product_version = excluded.product_version,
        title = excluded.title, slug = excluded.slug, attributes = excluded.attributes
    WHERE known.product_version < excluded.product_version
)
UPDATE product_snapshots SET active = false, product_version = $3
WHERE company_id = $1 AND product_id = $2 AND product_version < $3 AND variant_id <> ALL($4::uuid[])"""


async def keep_product(unit: TenantUnit, product_id: UUID, version: int, product: ProductChanged) -> None:
    """Keep all variants of a product; variants it no longer names become inactive. Older versions change nothing."""
    variants = product.variants
    await unit.execute(
        _KEEP_VARIANTS,
        unit.company_id,
        product_id,
        version,
        product.image_url,
        list(product.categories),
        product.tax_category,
        [v.variant_id for v in variants],
        [v.sku for v in variants],
        [title_of(product.title, v.title, len(variants)) for v in variants],
        [v.options for v in variants],
        [v.prices for v in variants],
        [v.compare_at_prices for v in variants],
        [v.active and product.active for v in variants],
        [v.tracked for v in variants],
        [v.backorderable for v in variants],
        [v.available for v in variants],
    )
    await unit.execute(
        _KEEP_PRODUCT,
        unit.company_id,
        product_id,
        version,
        [v.variant_id for v in variants],
        product.title,
        product.slug,
        product.attributes,
    )


async def keep_bundle(unit: TenantUnit, bundle_id: UUID, version: int, bundle: BundleChanged) -> None:
    """Keep a bundle with its components; an older version changes nothing."""
    await unit.execute(
        """
        INSERT INTO bundle_snapshots AS known (company_id, bundle_id, version, title, image_url, active, prices,
            discount_basis_points, items)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT ON CONSTRAINT bundle_snapshots_pkey DO UPDATE SET version = excluded.version,
            title = excluded.title, image_url = excluded.image_url, active = excluded.active, prices = excluded.prices,
            discount_basis_points = excluded.discount_basis_points, items = excluded.items
        WHERE known.version < excluded.version""",
        unit.company_id,
        bundle_id,
        version,
        bundle.title,
        bundle.image_url,
        bundle.active,
        bundle.prices,
        bundle.discount_basis_points,
        [
            item.model_dump(mode="json", by_alias=True, include={"item_id", "quantity", "variant_ids"})
            for item in bundle.items
        ],
    )


async def keep_stock(unit: TenantUnit, variant_id: UUID, version: int, stock: StockChanged) -> None:
    """Keep what is left of a variant; an older version changes nothing.

    Stock and products come through two queues: what arrives of a variant before its product waits as a row of product
    version 0, which is not for sale and which the product completes.
    """
    await unit.execute(
        """
        INSERT INTO product_snapshots AS known (variant_id, company_id, product_id, product_version, stock_version, sku,
            title, options, prices, compare_at_prices, categories, active, tracked, backorderable, available)
        VALUES ($2, $1, $4, 0, $3, $5, '', '{}', '{}', '{}', '{}', false, $7, $8, $6)
        ON CONFLICT ON CONSTRAINT product_snapshots_pkey DO UPDATE SET available = excluded.available,
            tracked = excluded.tracked, backorderable = excluded.backorderable, stock_version = excluded.stock_version
        WHERE known.company_id = excluded.company_id AND known.stock_version < excluded.stock_version""",
        unit.company_id,
        variant_id,
        version,
        stock.product_id,
        stock.sku,
        stock.available,
        stock.tracked,
        stock.backorderable,
    )


async def products(unit: TenantUnit, product_ids: Collection[UUID]) -> dict[UUID, CatalogueProduct]:
    """Those of these products that the replica has, by their ids, each with its variants in the order of their ids."""
    rows = await unit.fetch(
        f"""
        SELECT {", ".join(f"p.{name}" for name in _VARIANT)}, d.title AS product_title, d.slug, d.attributes
        FROM product_snapshots p
        LEFT JOIN product_details d ON d.company_id = p.company_id AND d.product_id = p.product_id
        WHERE p.company_id = $1 AND p.product_id = ANY($2::uuid[]) AND p.product_version > 0 ORDER BY p.variant_id""",
        unit.company_id,
        list(product_ids),
    )
    grouped: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        grouped.setdefault(row["product_id"], []).append(row)
    return {product_id: _product(product_id, of_product) for product_id, of_product in grouped.items()}


def _product(product_id: UUID, rows: list[asyncpg.Record]) -> CatalogueProduct:
    first = rows[0]
    return CatalogueProduct(
        product_id=product_id,
        title=first["product_title"],
        slug=first["slug"],
        attributes=first["attributes"] or {},
        variants=tuple(_variant(row) for row in rows),
    )


def _variant(row: asyncpg.Record) -> CatalogueVariant:
    return CatalogueVariant(**{name: row[name] for name in _VARIANT} | {"categories": tuple(row["categories"])})
