"""Every statement about products and variants; writes are set-based, one statement for any number of rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from servicekit.db import SystemUnit, TenantUnit

from inventory.catalogue.domain import Product, Variant, WholeProduct

_PRODUCT_FIELDS = {
    "id": "uuid",
    "handle": "text",
    "title": "text",
    "slug": "text",
    "active": "boolean",
    "image_url": "text",
    "categories": "text[]",
    "tax_category": "text",
    "size_required": "boolean",
    "attributes": "jsonb",
    "more_images": "text[]",
    "deleted_at": "timestamptz",
    "version": "integer",
}
_VARIANT_FIELDS = {
    "id": "uuid",
    "product_id": "uuid",
    "sku": "text",
    "title": "text",
    "options": "jsonb",
    "prices": "jsonb",
    "compare_at_prices": "jsonb",
    "active": "boolean",
    "tracked": "boolean",
    "backorderable": "boolean",
    "weight_grams": "integer",
    "costs": "jsonb",
}
PRODUCT = ", ".join(f"p.{name}" for name in _PRODUCT_FIELDS)
VARIANT = ", ".join(f"v.{name}" for name in _VARIANT_FIELDS)
AVAILABLE = (
    "(SELECT coalesce(sum(s.on_hand - s.held - s.safety), 0)::bigint FROM stock_levels s"
    " WHERE s.company_id = $1 AND s.variant_id = v.id) AS available"
)

_COMPANIES = """
WITH RECURSIVE found AS (
    (SELECT company_id FROM products WHERE $1::uuid IS NULL OR company_id > $1 ORDER BY company_id LIMIT 1)
    UNION ALL
    SELECT (SELECT p.company_id FROM products p WHERE p.company_id > f.company_id ORDER BY p.company_id LIMIT 1)
    FROM found f WHERE f.company_id IS NOT NULL
)
SELECT company_id FROM found WHERE company_id IS NOT NULL LIMIT $2
"""


def _insert(table: str, fields: Mapping[str, str]) -> str:
    names = ", ".join(fields)
    typed = ", ".join(f"{name} {kind}" for name, kind in fields.items())
    return (
        f"INSERT INTO {table} (company_id, {names}) SELECT $1, {names}"
        f" FROM jsonb_to_recordset($2::jsonb) AS r ({typed}) ON CONFLICT ON CONSTRAINT {table}_pkey"
        " DO NOTHING RETURNING id"
    )


def _update(table: str, fields: Mapping[str, str]) -> str:
    typed = ", ".join(f"{name} {kind}" for name, kind in fields.items())
    settings = ", ".join(f"{name} = r.{name}" for name in fields if name != "id")
    return (
        f"UPDATE {table} t SET {settings}, updated_at = now() FROM jsonb_to_recordset($2::jsonb) AS r ({typed})"
        " WHERE t.company_id = $1 AND t.id = r.id"
    )


_INSERT_PRODUCTS, _UPDATE_PRODUCTS = _insert("products", _PRODUCT_FIELDS), _update("products", _PRODUCT_FIELDS)
_INSERT_VARIANTS, _UPDATE_VARIANTS = _insert("variants", _VARIANT_FIELDS), _update("variants", _VARIANT_FIELDS)


async def lock_catalogue(unit: TenantUnit) -> None:
    """Let one transaction at a time write a company's catalogue: what it looked up stays true until it ends."""
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"catalogue:{unit.company_id}")


async def raise_version(unit: TenantUnit) -> None:
    """Say that storefronts are shown something else from this transaction on."""
    await unit.execute(
        "INSERT INTO catalogue_versions AS known (company_id, version) VALUES ($1, 1)"
        " ON CONFLICT (company_id) DO UPDATE SET version = known.version + 1",
        unit.company_id,
    )


async def version(unit: TenantUnit) -> int:
    """How often the company's catalogue has changed."""
    return await unit.fetchval("SELECT version FROM catalogue_versions WHERE company_id = $1", unit.company_id) or 0


async def insert_products(unit: TenantUnit, products: Sequence[Product]) -> set[UUID]:
    """Write new products and return the ids written: one that is missing belongs to somebody else."""
    rows = await unit.fetch(_INSERT_PRODUCTS, unit.company_id, list(products))
    return {row["id"] for row in rows}


async def update_products(unit: TenantUnit, products: Sequence[Product]) -> None:
    """Write products as they are now, their version with them."""
    await unit.execute(_UPDATE_PRODUCTS, unit.company_id, list(products))


async def insert_variants(unit: TenantUnit, variants: Sequence[Variant]) -> set[UUID]:
    """Write new variants and return the ids written: one that is missing belongs to somebody else."""
    rows = await unit.fetch(_INSERT_VARIANTS, unit.company_id, list(variants))
    return {row["id"] for row in rows}


async def update_variants(unit: TenantUnit, variants: Sequence[Variant]) -> None:
    """Write variants as they are now."""
    await unit.execute(_UPDATE_VARIANTS, unit.company_id, list(variants))


async def products_like(unit: TenantUnit, *, ids: Sequence[UUID] = (), handles: Sequence[str] = ()) -> list[Product]:
    """The company's products that have one of these ids or handles."""
    rows = await unit.fetch(
        f"SELECT {PRODUCT} FROM products p WHERE p.company_id = $1 AND p.id = ANY ($2::uuid[])"
        f" UNION SELECT {PRODUCT} FROM products p WHERE p.company_id = $1 AND p.handle = ANY ($3::text[])",
        unit.company_id,
        ids,
        handles,
    )
    return [product_of(row) for row in rows]


async def slugs_like(unit: TenantUnit, slugs: Collection[str]) -> dict[str, UUID]:
    """The company's products by slug, of those that have one of these; deleted ones keep theirs."""
    rows = await unit.fetch(
        "SELECT slug, id FROM products WHERE company_id = $1 AND slug = ANY ($2::text[]) ORDER BY id DESC",
        unit.company_id,
        list(slugs),
    )
    return {row["slug"]: row["id"] for row in rows}


async def variants_like(unit: TenantUnit, *, ids: Sequence[UUID] = (), skus: Sequence[str] = ()) -> list[Variant]:
    """The company's variants that have one of these ids or skus."""
    rows = await unit.fetch(
        f"SELECT {VARIANT} FROM variants v WHERE v.company_id = $1 AND v.id = ANY ($2::uuid[])"
        f" UNION SELECT {VARIANT} FROM variants v WHERE v.company_id = $1 AND v.sku = ANY ($3::text[])",
        unit.company_id,
        ids,
        skus,
    )
    return [variant_of(row) for row in rows]


async def whole(unit: TenantUnit, product_ids: Sequence[UUID]) -> list[WholeProduct]:
    """Products with their variants and what is available of them, in the order of ids."""
    rows = await unit.fetch(
        f"SELECT {PRODUCT} FROM products p WHERE p.company_id = $1 AND p.id = ANY ($2::uuid[]) ORDER BY p.id",
        unit.company_id,
        product_ids,
    )
    return await with_variants(unit, [product_of(row) for row in rows])


async def companies(unit: SystemUnit, after: UUID | None, limit: int) -> list[UUID]:
    """Companies that have a product, in the order of their ids, found by a step in the index each."""
    return [row["company_id"] for row in await unit.fetch(_COMPANIES, after, limit)]


async def with_variants(unit: TenantUnit, products: Sequence[Product]) -> list[WholeProduct]:
    """These products with their variants and what is available of them, in the order given."""
    rows = await unit.fetch(
        f"SELECT {VARIANT}, {AVAILABLE} FROM variants v"
        " WHERE v.company_id = $1 AND v.product_id = ANY ($2::uuid[]) ORDER BY v.id",
        unit.company_id,
        [product.id for product in products],
    )
    variants: dict[UUID, dict[UUID, Variant]] = {product.id: {} for product in products}
    available: dict[UUID, dict[UUID, int]] = {product.id: {} for product in products}
    for row in rows:
        variants[row["product_id"]][row["id"]] = variant_of(row)
        available[row["product_id"]][row["id"]] = row["available"]
    return [WholeProduct(product, tuple(variants[product.id].values()), available[product.id]) for product in products]


def product_of(row: asyncpg.Record) -> Product:
    """The product of a row that has `PRODUCT`."""
    fields: dict[str, Any] = {name: row[name] for name in _PRODUCT_FIELDS}
    lists = {name: tuple(fields[name]) for name in ("categories", "more_images")}
    return Product(**{**fields, **lists})


def variant_of(row: asyncpg.Record) -> Variant:
    """The variant of a row that has `VARIANT`."""
    fields: dict[str, Any] = {name: row[name] for name in _VARIANT_FIELDS}
    return Variant(**fields)
