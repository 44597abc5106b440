"""Every statement about bundles."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from inventory.bundles.domain import Bundle, BundleItem

_FIELDS = ("id", "slug", "title", "active", "image_url", "prices", "discount_basis_points", "deleted_at", "version")
_BUNDLE = ", ".join(_FIELDS)


async def page(
    unit: TenantUnit, *, after: UUID | None, limit: int, slug: str | None = None, with_deleted: bool = False
) -> list[Bundle]:
    """Bundles in the order of their ids, with their components."""
    rows = await unit.fetch(
        f"SELECT {_BUNDLE} FROM bundles WHERE company_id = $1 AND ($2::uuid IS NULL OR id > $2)"
        " AND ($3::text IS NULL OR slug = $3) AND ($4 OR deleted_at IS NULL) ORDER BY id LIMIT $5",
        unit.company_id,
        after,
        slug,
        with_deleted,
        limit,
    )
    return await _with_items(unit, rows)


async def find(unit: TenantUnit, bundle_id: UUID) -> Bundle | None:
    """One bundle, deleted or not."""
    rows = await unit.fetch(
        f"SELECT {_BUNDLE} FROM bundles WHERE company_id = $1 AND id = $2", unit.company_id, bundle_id
    )
    found = await _with_items(unit, rows)
    return found[0] if found else None


async def has_slug(unit: TenantUnit, slug: str) -> bool:
    """Whether a bundle has this slug, deleted or not."""
    found: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM bundles WHERE company_id = $1 AND slug = $2)", unit.company_id, slug
    )
    return found


async def insert(unit: TenantUnit, bundle: Bundle) -> bool:
    """Write a new bundle; False, writing nothing, when the company has one of its id."""
    written = await unit.fetchval(
        f"INSERT INTO bundles (company_id, {_BUNDLE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (company_id, id) DO NOTHING RETURNING true",
        unit.company_id,
        *(getattr(bundle, name) for name in _FIELDS),
    )
    if written:
        await _insert_items(unit, bundle)
    return written is not None


async def update(unit: TenantUnit, bundle: Bundle) -> None:
    """Write a bundle as it is now, with its components."""
    settings = ", ".join(f"{name} = ${number}" for number, name in enumerate(_FIELDS[1:], 3))
    await unit.execute(
        f"UPDATE bundles SET {settings}, updated_at = now() WHERE company_id = $1 AND id = $2",
        unit.company_id,
        bundle.id,
        *(getattr(bundle, name) for name in _FIELDS[1:]),
    )
    await unit.execute("DELETE FROM bundle_items WHERE company_id = $1 AND bundle_id = $2", unit.company_id, bundle.id)
    await _insert_items(unit, bundle)


async def _insert_items(unit: TenantUnit, bundle: Bundle) -> None:
    rows = [
        {"id": item.id, "place": place, "title": item.title, "quantity": item.quantity, "variant_ids": item.variant_ids}
        for place, item in enumerate(bundle.items)
    ]
    await unit.execute(
        "INSERT INTO bundle_items (company_id, bundle_id, id, position, title, quantity, variant_ids)"
        " SELECT $1, $2, id, place, title, quantity, variant_ids FROM jsonb_to_recordset($3::jsonb)"
        " AS r (id uuid, place integer, title text, quantity integer, variant_ids uuid[])",
        unit.company_id,
        bundle.id,
        rows,
    )


async def _with_items(unit: TenantUnit, rows: Sequence[asyncpg.Record]) -> list[Bundle]:
    found = await unit.fetch(
        "SELECT bundle_id, id, title, quantity, variant_ids FROM bundle_items"
        " WHERE company_id = $1 AND bundle_id = ANY ($2::uuid[]) ORDER BY bundle_id, position",
        unit.company_id,
        [row["id"] for row in rows],
    )
    items: dict[UUID, list[BundleItem]] = {row["id"]: [] for row in rows}
    for row in found:
        item = BundleItem(row["id"], row["title"], row["quantity"], tuple(row["variant_ids"]))
        items[row["bundle_id"]].append(item)
    return [_bundle(row, items[row["id"]]) for row in rows]


def _bundle(row: asyncpg.Record, items: Sequence[BundleItem]) -> Bundle:
    fields: dict[str, Any] = dict(row)
    return Bundle(**fields, items=tuple(items))
