"""What is done with the catalogue. Every change raises the product's version and publishes ProductChanged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import ProductChanged
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from inventory.catalogue import domain, list_repository, repository
from inventory.catalogue.domain import (
    Changes,
    Product,
    ProductDraft,
    ProductFields,
    ProductFilter,
    Variant,
    VariantDraft,
    VariantFields,
    WholeProduct,
)
from inventory.errors import KeyTaken, ProductNotFound
from inventory.stock import repository as stock
from inventory.stock.domain import Move, stock_draft
from inventory.warehouses.service import default_warehouse


class IdsTaken(Exception):
    """Given ids belong to another company's rows; nothing may be kept of what was written with them."""

    def __init__(self, ids: set[UUID]) -> None:
        super().__init__(f"{len(ids)} ids are taken")
        self.ids = ids


async def create_product(unit: TenantUnit, draft: ProductDraft) -> WholeProduct:
    """Make a product with its variants and their stock; raises KeyTaken for a handle, slug, sku or id in use."""
    await repository.lock_catalogue(unit)
    if await repository.products_like(unit, handles=[draft.handle]):
        raise KeyTaken(field="handle")
    taken = await repository.slugs_like(unit, domain.slugs_of(draft))
    if draft.fields.get("slug") in taken:
        raise KeyTaken(field="slug")
    product = domain.new_product(draft, draft.id or new_id(), taken)
    changes = Changes(new_products=[product])
    changes.add(await _new_variants(unit, product, draft.variants))
    return await _written(unit, product.id, changes)


async def change_product(unit: TenantUnit, product_id: UUID, fields: ProductFields) -> WholeProduct:
    """Set these fields of a product; raises ProductNotFound, and KeyTaken for a handle or slug in use.

    Setting what already is changes nothing and publishes nothing.
    """
    await repository.lock_catalogue(unit)
    before = (await read_product(unit, product_id)).product
    after = domain.changed_product(before, fields)
    if after.handle != before.handle and await repository.products_like(unit, handles=[after.handle]):
        raise KeyTaken(field="handle")
    if after.slug != before.slug and await repository.slugs_like(unit, [after.slug]):
        raise KeyTaken(field="slug")
    return await _written(unit, product_id, Changes(changed_products=[after] if after != before else []))


async def delete_product(unit: TenantUnit, product_id: UUID) -> WholeProduct:
    """Take a product off sale and out of every list; raises ProductNotFound. Idempotent.

    Its row stays for the carts and orders that name it, with its handle, slug and skus.
    """
    return await change_product(unit, product_id, {"active": False, "deleted_at": unit.now})


async def add_variant(unit: TenantUnit, product_id: UUID, draft: VariantDraft) -> tuple[Variant, int]:
    """Add a variant to a product; returns it with what is available of it. Raises ProductNotFound and KeyTaken."""
    await repository.lock_catalogue(unit)
    product = (await read_product(unit, product_id)).product
    changes = Changes(changed_products=[_next(product)])
    changes.add(await _new_variants(unit, product, [draft]))
    await _written(unit, product_id, changes)
    return changes.new_variants[0], draft.stock or 0


async def change_variant(unit: TenantUnit, variant_id: UUID, fields: VariantFields) -> tuple[Variant, int]:
    """Set these fields of a variant; returns it with what is available of it.

    Raises ProductNotFound, and KeyTaken for a sku in use.
    """
    await repository.lock_catalogue(unit)
    found = await repository.variants_like(unit, ids=[variant_id])
    if not found:
        raise ProductNotFound
    before, after = found[0], replace(found[0], **fields)
    whole = await read_product(unit, before.product_id)
    if after.sku != before.sku and await repository.variants_like(unit, skus=[after.sku]):
        raise KeyTaken(field="sku")
    if after != before:
        changes = Changes(changed_products=[_next(whole.product)], changed_variants=[after])
        if domain.changes_stock_event(before, after):
            changes.moves = await _touches(unit, variant_id)
        await write(unit, changes)
    return after, whole.available.get(variant_id, 0)


async def read_product(unit: TenantUnit, product_id: UUID) -> WholeProduct:
    """The product with its variants; raises ProductNotFound."""
    found = await repository.whole(unit, [product_id])
    if not found:
        raise ProductNotFound
    return found[0]


async def read_variant(unit: TenantUnit, variant_id: UUID) -> tuple[Variant, int]:
    """A variant with what is available of it; raises ProductNotFound."""
    found = await repository.variants_like(unit, ids=[variant_id])
    if not found:
        raise ProductNotFound
    whole = await read_product(unit, found[0].product_id)
    return found[0], whole.available.get(variant_id, 0)


async def write(unit: TenantUnit, changes: Changes) -> None:
    """Write changes to catalogue and stock, and publish what became of every product and stock row concerned.

    The caller has the catalogue's lock, and that of every stock row that existed. Raises IdsTaken, after which the
    caller must not commit.
    """
    if changes.is_empty:
        return
    await _insert(unit, changes)
    if changes.changed_products:
        await repository.update_products(unit, changes.changed_products)
    if changes.changed_variants:
        await repository.update_variants(unit, changes.changed_variants)
    events = await _product_events(unit, changes)
    if events:
        await repository.raise_version(unit)
    moved = sorted({move.variant_id for move in changes.moves})
    variants = await stock.sellables(unit, moved)
    drafts = [stock_draft(unit.company_id, variants[variant_id], unit.now) for variant_id in moved]
    await stock.move(unit, changes.moves, [*events, *drafts])


async def current_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[ProductChanged]]:
    """ProductChanged for the products as they are now, one by one after `after`: for `republish`."""
    products = await list_repository.page(unit, after=after, limit=limit, wanted=ProductFilter(with_deleted=True))
    return [domain.product_changed(unit.company_id, product, unit.now) for product in products]


def _next(product: Product) -> Product:
    return replace(product, version=product.version + 1)


async def _written(unit: TenantUnit, product_id: UUID, changes: Changes) -> WholeProduct:
    try:
        await write(unit, changes)
    except IdsTaken:
        raise KeyTaken(field="id") from None
    return await read_product(unit, product_id)


async def _new_variants(unit: TenantUnit, product: Product, drafts: Sequence[VariantDraft]) -> Changes:
    """New variants with their opening stock; raises KeyTaken for a sku in use."""
    if await repository.variants_like(unit, skus=[draft.sku for draft in drafts]):
        raise KeyTaken(field="sku")
    warehouse_id = await default_warehouse(unit)
    changes = Changes()
    for draft in drafts:
        variant = domain.new_variant(draft, draft.id or new_id(), product)
        changes.new_variants.append(variant)
        changes.moves.append(Move(variant.id, warehouse_id, on_hand=draft.stock or 0))
    return changes


async def _touches(unit: TenantUnit, variant_id: UUID) -> list[Move]:
    """A touch of the variant's stock rows, so that StockChanged has the new way of counting."""
    levels = await stock.lock(unit, [variant_id])
    return [Move(variant_id, level.warehouse_id) for level in levels.get(variant_id, [])]


async def _insert(unit: TenantUnit, changes: Changes) -> None:
    if changes.new_products:
        written = await repository.insert_products(unit, changes.new_products)
        _all_written({product.id for product in changes.new_products}, written)
    if changes.new_variants:
        written = await repository.insert_variants(unit, changes.new_variants)
        _all_written({variant.id for variant in changes.new_variants}, written)
        warehouse_id = await default_warehouse(unit)
        await stock.add_rows(unit, warehouse_id, [variant.id for variant in changes.new_variants])


def _all_written(ids: set[UUID], written: set[UUID]) -> None:
    if taken := ids - written:
        raise IdsTaken(taken)


async def _product_events(unit: TenantUnit, changes: Changes) -> list[RecordedEvent[ProductChanged]]:
    """ProductChanged for each product written, with the stock as the moves will leave it."""
    ids = [product.id for product in (*changes.new_products, *changes.changed_products)]
    products = await repository.whole(unit, ids) if ids else []
    arriving: dict[UUID, int] = {}
    for move in changes.moves:
        arriving[move.variant_id] = arriving.get(move.variant_id, 0) + move.on_hand
    return [domain.product_changed(unit.company_id, _after_moves(product, arriving), unit.now) for product in products]


def _after_moves(whole: WholeProduct, arriving: Mapping[UUID, int]) -> WholeProduct:
    available = {
        variant.id: whole.available.get(variant.id, 0) + arriving.get(variant.id, 0) for variant in whole.variants
    }
    return replace(whole, available=available)
