"""What is done with stock outside holds: correcting it, and taking what an order needs."""

from collections.abc import Mapping
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import StockChanged
from prometheus_client import Counter
from servicekit.db import TenantUnit

from inventory.errors import ProductNotFound, WarehouseNotFound
from inventory.stock import repository
from inventory.stock.domain import Level, Move, StockRow, adjusted, stock_changed, stock_draft, take
from inventory.warehouses import repository as warehouses
from inventory.warehouses.service import default_warehouse

MISSING = Counter("inventory_stock_missing_units", "Pieces that converted carts needed and stock did not have")


async def adjust_stock(
    unit: TenantUnit,
    variant_id: UUID,
    *,
    warehouse_id: UUID | None,
    delta: int | None,
    on_hand: int | None,
    safety: int | None,
    reason: str,
    by: str,
) -> StockRow:
    """Correct a variant's stock by `delta` or to `on_hand`, and its safety stock; returns the row as it is now.

    Without a warehouse the default one is meant. Raises ProductNotFound, WarehouseNotFound, and BelowHeld when less
    would be left than open holds have.
    """
    variant = (await repository.sellables(unit, [variant_id])).get(variant_id)
    if variant is None:
        raise ProductNotFound
    level = await _row(unit, variant_id, warehouse_id)
    new = adjusted(level, delta=delta, on_hand=on_hand, backorderable=variant.backorderable)
    new_safety = level.safety if safety is None else safety
    change = Move(variant_id, level.warehouse_id, on_hand=new - level.on_hand, safety=new_safety - level.safety)
    await repository.move(unit, [change], [stock_draft(unit.company_id, variant, unit.now)])
    await repository.note_adjustment(unit, variant_id, level.warehouse_id, delta=change.on_hand, reason=reason, by=by)
    return await repository.read(unit, variant_id, level.warehouse_id)


async def find_stock(unit: TenantUnit, variant_id: UUID, warehouse_id: UUID | None) -> StockRow | None:
    """A variant's stock in a warehouse, or in the default one; None when it has none there."""
    return await repository.find(unit, variant_id, warehouse_id or await default_warehouse(unit))


async def list_stock(
    unit: TenantUnit,
    *,
    after: tuple[UUID, UUID] | None,
    limit: int,
    sku: str | None,
    product_id: UUID | None,
) -> list[StockRow]:
    """Stock rows in the order of variant and warehouse."""
    return await repository.page(unit, after=after, limit=limit, sku=sku, product_id=product_id)


async def _row(unit: TenantUnit, variant_id: UUID, warehouse_id: UUID | None) -> Level:
    """The variant's stock row in the warehouse, locked; made when the variant has none there yet."""
    target = warehouse_id or await default_warehouse(unit)
    if warehouse_id and not await warehouses.exists(unit, warehouse_id):
        raise WarehouseNotFound
    await repository.add_rows(unit, target, [variant_id])
    levels = await repository.lock(unit, [variant_id])
    return next(level for level in levels[variant_id] if level.warehouse_id == target)


async def take_for_order(unit: TenantUnit, *, cart_id: UUID, order_id: str, quantities: Mapping[UUID, int]) -> None:
    """Take what an order needs straight from stock (rules.md 19, `validate_only`).

    The order stands already, so what is not there is written down as a discrepancy instead of refused; stock never
    passes below zero or below what others hold. Untracked and unknown variants are left alone.
    """
    variants = {
        variant_id: variant
        for variant_id, variant in (await repository.sellables(unit, list(quantities))).items()
        if variant.tracked
    }
    levels = await repository.lock(unit, list(variants))
    moves: list[Move] = []
    missing: dict[UUID, int] = {}
    for variant_id, variant in variants.items():
        taken = take(levels[variant_id], quantities[variant_id], backorderable=variant.backorderable)
        moves += taken.moves
        if taken.missing:
            missing[variant_id] = taken.missing
    moved = {move.variant_id for move in moves}
    drafts = [stock_draft(unit.company_id, variants[variant_id], unit.now) for variant_id in sorted(moved)]
    if moves:
        await repository.move(unit, moves, drafts)
    if missing:
        await repository.note_discrepancies(unit, cart_id, order_id, missing)
        MISSING.inc(sum(missing.values()))


async def current_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[StockChanged]]:
    """StockChanged for the stock as it is now, variant by variant after `after`: for `republish`."""
    states = await repository.states(unit, after=after, limit=limit)
    return [stock_changed(unit.company_id, state, unit.now) for state in states]
