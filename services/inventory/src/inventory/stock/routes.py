"""The staff's routes for stock."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from servicekit.errors import problems
from servicekit.http.answers import Answer, Json
from servicekit.http.paging import Cursor, CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import idempotent
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.errors import BelowHeld, ProductNotFound, WarehouseNotFound
from inventory.stock import service
from inventory.stock.schemas import Adjustment, StockView

router = APIRouter(prefix="/api/admin/stock", tags=["stock"])


@router.get("", response_model=Page[StockView])
async def list_stock(
    *,
    caller: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    sku: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")] = None,
    product_id: Annotated[UUID | None, Query(alias="productId")] = None,
) -> Response:
    """The company's stock, a row for each variant and warehouse."""
    rows = await service.list_stock(
        unit,
        after=Cursor.decode(cursor, UUID, UUID),
        limit=limit + 1,
        sku=sku,
        product_id=product_id,
    )
    items = [StockView.of(row) for row in rows[:limit]]
    last = Cursor.encode(items[-1].variant_id, items[-1].warehouse_id) if len(rows) > limit else None
    return Json(Page(items=items, next_cursor=last))


@router.post(
    "/{variant_id}/adjust",
    response_model=StockView,
    responses=problems(ProductNotFound, WarehouseNotFound, BelowHeld),
)
async def adjust_stock(
    variant_id: UUID, body: Adjustment, request: Request, caller: Admin, unit: TenantUnitDep
) -> Response:
    """Correct a variant's stock; never below what open holds have."""

    async def effect() -> Answer:
        row = await service.adjust_stock(
            unit,
            variant_id,
            warehouse_id=body.warehouse_id,
            delta=body.delta,
            on_hand=body.on_hand,
            safety=body.safety,
            reason=body.reason,
            by=caller.subject,
        )
        return Answer(200, StockView.of(row))

    return await idempotent(request, unit, caller, effect)
