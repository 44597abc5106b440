"""The staff's routes for stock."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from servicekit.db import TenantUnit
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.paging import Cursor, CursorText, Limit, Page, paginate
from servicekit.routes.audits import AuditSubject
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.requests import Request
from starlette.responses import Response

from inventory.errors import BelowHeld, ProductNotFound, WarehouseNotFound
from inventory.stock import service
from inventory.stock.schemas import Adjustment, StockView

router = APIRouter(prefix="/api/admin/stock", tags=["stock"])


async def _before(unit: TenantUnit, request: Request) -> object:
    """The row that the body is about, if it is there yet."""
    body = Adjustment.model_validate_json(await request.body())
    row = await service.find_stock(unit, UUID(request.path_params["variant_id"]), body.warehouse_id)
    return StockView.of(row) if row else {}


STOCK = AuditSubject("stock", "variant_id", _before)


@router.get("", response_model=Page[StockView])
async def list_stock(
    *,
    _: Admin,
    unit: TenantUnitDep,
    limit: Limit = 50,
    cursor: CursorText = None,
    sku: Annotated[str | None, Query(max_length=100, pattern=FREE_TEXT)] = None,
    product_id: Annotated[UUID | None, Query(alias="productId")] = None,
) -> Response:
    """The company's stock, a row for each variant and warehouse."""
    found = await service.list_stock(
        unit,
        after=Cursor.decode(cursor, UUID, UUID),
        limit=limit + 1,
        sku=sku,
        product_id=product_id,
    )
    return Json(paginate(found, limit, StockView.of, lambda row: (row.variant_id, row.warehouse_id)))


@router.post(
    "/{variant_id}/adjust",
    response_model=StockView,
    responses=problems(ProductNotFound, WarehouseNotFound, BelowHeld),
    dependencies=[STAFF_CHANGES, STOCK.audited("adjusted")],
)
async def adjust_stock(variant_id: UUID, body: Adjustment, caller: Admin, once: OnceDep) -> Response:
    """Correct a variant's stock; never below what open holds have."""
    return await once.show(
        200,
        StockView.of,
        service.adjust_stock,
        once.unit,
        variant_id,
        warehouse_id=body.warehouse_id,
        delta=body.delta,
        on_hand=body.on_hand,
        safety=body.safety,
        reason=body.reason,
        by=caller.subject,
    )
