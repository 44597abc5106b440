"""Writing one batch of an import, in the transaction it is given."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from inventory.catalogue import repository
from inventory.catalogue.domain import Changes, ProductDraft, slugs_of
from inventory.catalogue.service import IdsTaken, write
from inventory.imports.domain.plan import Known, Plan, moves_stock
from inventory.stock import repository as stock
from inventory.stock.domain import Level
from inventory.warehouses.service import default_warehouse


async def import_products(unit: TenantUnit, drafts: Sequence[ProductDraft]) -> list[Plan]:
    """Write products that share no key, each whole or not at all, and say what became of each, in their order.

    Idempotent: the same drafts again change nothing. A given id that another company has rejects its product.
    """
    await repository.lock_catalogue(unit)
    known = await _known(unit, drafts)
    taken: set[UUID] = set()
    while True:
        known.taken = taken
        plans = known.plan_all(drafts, new_id)
        try:
            async with unit.savepoint():
                await write(unit, _together(plans))
        except IdsTaken as refused:
            taken |= refused.ids
        else:
            return plans


def _together(plans: Iterable[Plan]) -> Changes:
    changes = Changes()
    for planned in plans:
        changes.add(planned.changes)
    return changes


async def _known(unit: TenantUnit, drafts: Sequence[ProductDraft]) -> Known:
    variants = [variant for draft in drafts for variant in draft.variants]
    known = Known(
        await default_warehouse(unit),
        await repository.products_like(
            unit,
            ids=[draft.id for draft in drafts if draft.id],
            handles=[draft.handle for draft in drafts],
        ),
        await repository.variants_like(
            unit,
            ids=[variant.id for variant in variants if variant.id],
            skus=[variant.sku for variant in variants],
        ),
    )
    known.slugs = await repository.slugs_like(unit, {slug for draft in drafts for slug in slugs_of(draft)})
    moving = {variant_id for variant in variants if (variant_id := moves_stock(variant, known))}
    known.levels = await _levels(unit, known.warehouse_id, moving)
    return known


async def _levels(unit: TenantUnit, warehouse_id: UUID, variant_ids: set[UUID]) -> Mapping[UUID, Level]:
    """The default warehouse's rows of these variants; those of every warehouse are locked."""
    if not variant_ids:
        return {}
    levels = await stock.lock(unit, sorted(variant_ids))
    return {
        variant_id: level for variant_id, rows in levels.items() for level in rows if level.warehouse_id == warehouse_id
    }
